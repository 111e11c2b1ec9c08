/** The page of the tests: Headgate alone. */
import { openSuite } from './page.ts'

openSuite({})
