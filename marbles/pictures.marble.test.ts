/** What the pictures of docs/backpressure.md show: every policy on one input, which is drawn from the same file. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from '@jest/globals'
import { parsePolicy } from '../src/backpressure/index.ts'
import type { PolicyDiagram } from '../src/testing/index.ts'
import { checkDiagram } from '../src/testing/policy-diagram.ts'

type Input = Pick<PolicyDiagram, 'source' | 'busyMs' | 'frameMs'>
type Output = Pick<PolicyDiagram, 'expected' | 'batches'>

const { policies, ...input }: Input & { readonly policies: Readonly<Record<string, Output>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'pictures.json'), 'utf8'),
)

describe('the picture of', () => {
  test.each(Object.entries(policies))('%s shows what it does', async (label, output) => {
    await checkDiagram(parsePolicy(label), { name: label, ...input, ...output })
  })
})
