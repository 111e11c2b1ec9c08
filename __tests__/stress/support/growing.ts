/** Runs a scenario on a store that grows, where nothing else is freed meanwhile; prints what it finds not to be so. */
import { runStress } from '../../../src/stress/run-stress.ts'
import { grows } from './broken-stores.ts'
import { failuresOf, onlyResult } from './results.ts'

const scenarios = process.argv.slice(2)
const report = await runStress(grows, { scale: 0.1, durationMs: 200, scenarios })
console.log(JSON.stringify(failuresOf(onlyResult(report))))
