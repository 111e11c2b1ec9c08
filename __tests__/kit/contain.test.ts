import { describe, expect, test } from '@jest/globals'
import { contain } from '../../src/kit/contain.ts'

const broken = new Error('broken')

/** What is reported of a call, also later. */
async function reportsOf(call: () => unknown): Promise<unknown[]> {
  const reports: unknown[] = []
  contain(call, (error) => reports.push(error))
  await new Promise(setImmediate)
  return reports
}

describe('contain', () => {
  test('calls once, and reports nothing of what does well', async () => {
    let calls = 0
    for (const result of [undefined, null, 1, 'text', {}, Promise.resolve(1), () => {}]) {
      const call = () => {
        calls += 1
        return result
      }
      expect(await reportsOf(call)).toEqual([])
    }
    expect(calls).toBe(7)
  })

  test('reports what is thrown before it returns', () => {
    const reports: unknown[] = []
    contain(
      () => {
        throw broken
      },
      (error) => reports.push(error),
    )
    expect(reports).toEqual([broken])
  })

  test('reports what an async function rejects with', async () => {
    expect(await reportsOf(async () => Promise.reject(broken))).toEqual([broken])
  })

  test('reports a `then` that cannot be read or called', async () => {
    const unreadable = Object.defineProperty({}, 'then', {
      get() {
        throw broken
      },
    })
    const uncallable = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable that is no promise
      then() {
        throw broken
      },
    }
    expect(await reportsOf(() => unreadable)).toEqual([broken])
    expect(await reportsOf(() => uncallable)).toEqual([broken])
  })

  test('reports whatever was thrown, undefined too', async () => {
    const thrown: unknown[] = [undefined, null, Object.create(null)]
    for (const value of thrown) {
      const reports = await reportsOf(() => {
        throw value
      })
      expect(reports[0]).toBe(value)
      expect(reports).toHaveLength(1)
    }
  })
})
