/** Every policy of this library, held to the laws of policies and to the diagrams of policies.json. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from '@jest/globals'
import { runs } from '../__tests__/support/runs.ts'
import { SEED } from '../__tests__/support/seed.ts'
import { parsePolicy } from '../src/backpressure/index.ts'
import { describePolicy, type PolicyDiagram } from '../src/testing/index.ts'

const POLICIES: Readonly<Record<string, readonly PolicyDiagram[]>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'policies.json'), 'utf8'),
)

for (const [label, diagrams] of Object.entries(POLICIES)) {
  describePolicy(parsePolicy(label), diagrams, { describe, test, runs: runs(30), seed: SEED })
}
