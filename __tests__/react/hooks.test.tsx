/** @jest-environment jsdom */
import { describeHooks } from './support/hooks.laws.tsx'

describeHooks()
