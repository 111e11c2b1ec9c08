import { describe, expect, jest, test } from '@jest/globals'
import { LeakWatch } from '../../src/counting/index.ts'
import { collectGarbage, microtasks } from '../store/support.ts'

/** Watches a handle that is lost at once, from a function of this name. */
function subscribeAndLose(watch: LeakWatch, subscription: object): void {
  watch.watch({}, subscription, subscribeAndLose)
}

async function lose(watch: LeakWatch, subscription: object): Promise<string | undefined> {
  subscribeAndLose(watch, subscription)
  for (let attempt = 0; attempt < 500 && watch.siteOf(subscription) === undefined; attempt += 1) {
    await microtasks()
    collectGarbage()
    await microtasks()
  }
  return watch.siteOf(subscription)
}

/** Where `lose` calls; the name before it is the engine's, or that of a source map. */
const PLACE = /counting\/leak-watch\.test\.ts:11:3\)$/

describe('LeakWatch', () => {
  test('tells the place that called the function which subscribed', async () => {
    const site = await lose(new LeakWatch(), {})
    expect(site).toMatch(PLACE)
  })

  test('forgets a subscription that has ended, before and after it was found', async () => {
    const watch = new LeakWatch()
    const early = {}
    subscribeAndLose(watch, early)
    watch.forget(early)
    const late = {}
    expect(await lose(watch, late)).toBeDefined()
    expect(watch.siteOf(early)).toBeUndefined()
    watch.forget(late)
    expect(watch.siteOf(late)).toBeUndefined()
  })

  test('leaves the length of the stacks of other errors as it was', () => {
    const { stackTraceLimit } = Error
    subscribeAndLose(new LeakWatch(), {})
    expect(Error.stackTraceLimit).toBe(stackTraceLimit)
  })

  test('says so where stacks are switched off', async () => {
    jest.replaceProperty(Error, 'stackTraceLimit', 0)
    expect(await lose(new LeakWatch(), {})).toBe('an unknown place')
  })

  test('leaves out its own frames where the engine cannot', async () => {
    const { captureStackTrace } = Error
    Error.captureStackTrace = undefined as unknown as typeof captureStackTrace
    try {
      expect(await lose(new LeakWatch(), {})).toMatch(PLACE)
    } finally {
      Error.captureStackTrace = captureStackTrace
    }
  })

  test('finds nothing, and fails nowhere, where there is no FinalizationRegistry', () => {
    const { FinalizationRegistry: Registry } = globalThis
    globalThis.FinalizationRegistry = undefined as unknown as FinalizationRegistryConstructor
    try {
      const watch = new LeakWatch()
      const subscription = {}
      watch.watch({}, subscription, () => {})
      watch.forget(subscription)
      expect(watch.siteOf(subscription)).toBeUndefined()
    } finally {
      globalThis.FinalizationRegistry = Registry
    }
  })
})
