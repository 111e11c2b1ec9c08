import { describe, expect, test } from '@jest/globals'
import type { LeakProbeResult } from '../../src/testing/index.ts'
import { runBundled } from './bundle.ts'

describe('leakProbe outside jest', () => {
  test.each(['esm', 'cjs'] as const)('works under node --test without memlab, as %s', async (format) => {
    const output = await runBundled('probe', format, 'without memlab', ['--test', '--test-reporter=tap'])
    expect(output).toContain('# fail 0')
  })

  test('finds with memlab what nobody tracked, and what holds it', async () => {
    const output = await runBundled('memlab', 'esm', 'with memlab')
    const { clean, leaky } = JSON.parse(output) as Record<'clean' | 'leaky', LeakProbeResult>
    expect({ leaked: clean.leaked, heap: clean.heap, method: clean.method }).toEqual({
      leaked: 0,
      heap: [],
      method: 'memlab',
    })
    expect(leaky.survivors).toEqual({})
    expect(leaky.leaked).toBe(20)
    const [leak, ...others] = leaky.heap
    expect(others).toEqual([])
    expect(leak?.holding).toContain('Forgotten')
    expect(leak?.trace.join()).toContain('. observers')
    // The order of what it holds is the engine's.
    expect(leaky.report).toMatch(new RegExp(`^20 × ${leak?.name} are left, and hold .*Forgotten`, 'm'))
  }, 300_000)
})
