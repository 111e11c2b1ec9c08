/** The page of the benchmark: all of them. */
import { openSuite } from './page.ts'
import { peers } from './peers.jsx'

openSuite(peers)
