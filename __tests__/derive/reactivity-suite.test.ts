import { describe, expect, test } from '@jest/globals'
import { loadReactivitySuite } from './support/reactivity-suite.ts'
import { createSignals } from './support/signals.ts'

const { testSuite, SkipTest } = loadReactivitySuite()

const WRITES = 'decision 105: the function of a derived value writes to no store'
const ROLLS_BACK = 'decision 106: a transaction that throws has written nothing'

/** What the suite expects and a decision forbids. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  '#57 computed side effect triggers downstream': WRITES,
  "#112 computed side-effect doesn't affect sibling computeds": WRITES,
  '#135 chained computed inner write: downstream only sees settled': WRITES,
  '#137 computed inner write changed: downstream notified': WRITES,
  '#138 independent computeds sharing source, one inner-writes': WRITES,
  '#179 computed self-increment: intra-run read-after-write values correct': WRITES,
  '#182 computed side effect + batch: writes visible after flush': WRITES,
  '#186 effect observes computed side-channel write during propagation': WRITES,
  '#69 pending effects run even if batch callback throws': ROLLS_BACK,
  '#154 batch throw: effects survive, graph consistent': ROLLS_BACK,
}

const cases = testSuite.flatMap(({ section, cases }) =>
  Object.entries(cases).map(([title, run]) => ({ section, title, run })),
)
const isForbidden = ({ title }: { title: string }): boolean => title in FORBIDDEN

describe('derive, as the public suite of reactivity has it', () => {
  test.each(cases.filter((each) => !isForbidden(each)))('$section: $title', async ({ run }) => {
    try {
      await run(createSignals())
    } catch (error) {
      if (!(error instanceof SkipTest)) throw error
    }
  })

  test.each(cases.filter(isForbidden))('does not: $title', async ({ run }) => {
    await expect(async () => run(createSignals())).rejects.toThrow()
  })

  test('is the whole suite: 179 cases', () => {
    expect(cases).toHaveLength(179)
    expect(cases.filter(isForbidden)).toHaveLength(Object.keys(FORBIDDEN).length)
  })
})
