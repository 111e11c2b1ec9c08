/** @jest-environment jsdom */
import { describeUseStore } from './support/use-store.laws.tsx'

describeUseStore()
