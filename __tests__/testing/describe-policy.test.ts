import { describe, expect, test } from '@jest/globals'
import {
  definePolicy,
  latest,
  type Policy,
  type PolicyDefinition,
  type Port,
  type Strategy,
  type Versioned,
} from '../../src/index.ts'
import { type DescribePolicyOptions, describePolicy, type PolicyDiagram } from '../../src/testing/index.ts'
import { runs } from '../support/runs.ts'

/** Runs what is described, and gives the tests that fail with what they say. */
async function failures(
  policy: Policy,
  diagrams: readonly PolicyDiagram[] = [],
  options: DescribePolicyOptions = {},
): Promise<Record<string, string>> {
  const tests: [string, () => Promise<void>][] = []
  describePolicy(policy, diagrams, {
    describe: (_name, body) => body(),
    test: (name, body) => tests.push([name, body]),
    runs: runs(20),
    ...options,
  })
  const failed: Record<string, string> = {}
  for (const [name, body] of tests) {
    await body().catch((error: unknown) => {
      failed[name] = (error as Error).message
    })
  }
  return failed
}

/** Keeps one, the newest: what each test breaks in one place. */
class Newest implements Strategy {
  protected readonly port: Port
  protected held: Versioned | undefined

  constructor(port: Port) {
    this.port = port
  }

  get size(): number {
    return this.held === undefined ? 0 : 1
  }

  get ready(): boolean {
    return this.held !== undefined
  }

  offer(entry: Versioned): void {
    const replaced = this.held
    this.held = undefined
    if (replaced === undefined && this.port.idle) this.port.deliver(entry)
    else this.held = entry
    if (replaced !== undefined) this.port.conflate(replaced, entry)
  }

  release(): void {
    for (const entry of this.clear()) this.port.deliver(entry)
  }

  clear(): Versioned[] {
    const { held } = this
    this.held = undefined
    return held === undefined ? [] : [held]
  }
}

/** What is true of one that keeps all. */
const ALL = { capacity: Number.POSITIVE_INFINITY, lossless: true }

const policyOf = (
  Broken: new (port: Port) => Strategy,
  facts: Partial<PolicyDefinition<'newest', false>> = {},
): Policy =>
  definePolicy({
    kind: 'newest',
    capacity: 1,
    converges: true,
    lossless: false,
    open: (port) => new Broken(port),
    ...facts,
  })

class Unaccounted extends Newest {
  override offer(entry: Versioned): void {
    if (this.port.idle) super.offer(entry)
    else this.held = entry
  }
}

class Repeating extends Newest {
  override release(): void {
    const { held } = this
    super.release()
    if (held !== undefined && held.version % 3 === 0) this.port.deliver(held)
  }
}

class Misleading extends Newest {
  override release(): void {
    for (const entry of this.clear()) this.port.deliver(entry, 1)
  }
}

class Hasty extends Newest {
  override offer(entry: Versioned): void {
    this.port.deliver(entry)
  }
}

class Lossy extends Newest {
  override offer(entry: Versioned): void {
    if (this.port.idle) this.port.deliver(entry)
    else this.port.drop(entry, 'busy')
  }
}

class Ticking extends Newest {
  start(): void {
    this.port.scheduler.schedule(function () {
      this.schedule(undefined, 10)
    }, 10)
  }
}

class Endless extends Newest {
  override get ready(): boolean {
    return !this.isOver && super.ready
  }
  private isOver = false
  end(): void {
    this.isOver = true
  }
}

class Late extends Newest {
  replayed(): void {
    this.port.drop({ version: 1 }, 'window')
  }
}

class Greedy extends Newest {
  readonly #more: Versioned[] = []
  override get size(): number {
    return super.size + this.#more.length
  }
  override offer(entry: Versioned): void {
    if (this.held !== undefined && this.#more.length < 3) this.#more.push(entry)
    else super.offer(entry)
  }
  override release(): void {
    const { held } = this
    this.held = this.#more.shift()
    if (held !== undefined) this.port.deliver(held)
  }
  override clear(): Versioned[] {
    return [...super.clear(), ...this.#more.splice(0)]
  }
}

class Stuck extends Newest {
  override release(): void {}
}

/** Keeps all, in order; what those below break where they let go. */
class Queue extends Newest {
  protected readonly queue: Versioned[] = []
  override get size(): number {
    return this.queue.length
  }
  override get ready(): boolean {
    return this.queue.length > 0
  }
  override offer(entry: Versioned): void {
    this.queue.push(entry)
    this.port.pump()
  }
  override release(): void {
    this.port.deliver(this.queue.shift() as Versioned)
  }
  override clear(): Versioned[] {
    return this.queue.splice(0)
  }
}

class Forgetful extends Queue {
  override clear(): Versioned[] {
    super.clear()
    return []
  }
}

class Backward extends Queue {
  override clear(): Versioned[] {
    return super.clear().reverse()
  }
}

class Clinging extends Queue {
  override clear(): Versioned[] {
    return [...this.queue]
  }
}

/** Keeps the first that waits; those that it drops come after it. */
class Oldest extends Newest {
  override offer(entry: Versioned): void {
    if (this.held !== undefined) this.port.drop(entry, 'overflow')
    else if (this.port.idle) this.port.deliver(entry)
    else this.held = entry
  }
}

class Throwing extends Newest {
  override offer(entry: Versioned): void {
    if (entry.version > 4) throw new Error('five is too many')
    super.offer(entry)
  }
}

let offeredToAll = 0

class Sharing extends Newest {
  override offer(entry: Versioned): void {
    offeredToAll += 1
    if (offeredToAll % 7 === 0) this.port.drop(entry, 'window')
    else super.offer(entry)
  }
}

describe('describePolicy', () => {
  test('passes what keeps the laws', async () => {
    expect(await failures(policyOf(Newest))).toEqual({})
    expect(await failures(policyOf(Queue, ALL))).toEqual({})
    expect(await failures(latest({ dispatch: 'microtask' }))).toEqual({})
  })

  test.each<[string, Policy, string]>([
    ['accounts for every version, at every instant', policyOf(Unaccounted), 'published, but'],
    ['hands over in order, each version once', policyOf(Repeating), 'version 3 came after 3'],
    ['tells with each delivery how many were lost before it', policyOf(Misleading), 'missed were told with'],
    ['waits until the consumer is idle, and until one that is pulled asks', policyOf(Hasty), 'came while'],
    [
      'ends on the newest version, once writes stop and the consumer is idle',
      policyOf(Lossy),
      'was the last',
    ],
    ['lets go of everything at the end', policyOf(Ticking), '1 timers were left'],
    ['lets the end through, once, behind all that it delivers', policyOf(Endless), '1 are still held'],
    ['accounts for every version, at every instant', policyOf(Late), 'published, but'],
    ['holds no more than its capacity', policyOf(Greedy), 'were held, and its capacity is 1'],
    ['throws nothing', policyOf(Throwing), 'five is too many'],
    ['throws nothing', policyOf(Stuck), 'release() released nothing'],
    ['lets go of everything at the end', policyOf(Forgetful, ALL), 'clear() gave back 0 of'],
    ['lets go of everything at the end', policyOf(Backward, ALL), 'clear() gave back 2,1'],
    ['lets go of everything at the end', policyOf(Clinging, ALL), 'are held behind clear()'],
    [
      'tells with each delivery how many were lost before it',
      policyOf(Oldest, { converges: false }),
      'deliver() is given how many of them come later',
    ],
    [
      'begins anew for each subscriber',
      policyOf(Sharing, { converges: false }),
      'were given different things',
    ],
    ['loses nothing while it goes on', policyOf(Newest, { lossless: true }), 'was lost (conflated)'],
    [
      'does not always end on the newest version, as it says',
      policyOf(Newest, { converges: false }),
      'it converges',
    ],
    [
      'hands over one version a call, or arrays, as it says',
      policyOf(Newest, { batches: true as never }),
      'a call was given one version',
    ],
  ])('finds what does not: %s (%#)', async (law, policy, sentence) => {
    expect((await failures(policy))[law]).toContain(sentence)
  })

  test('tells the seed and the shortest timeline that it found', async () => {
    const failed = await failures(policyOf(Lossy))
    expect(failed['ends on the newest version, once writes stop and the consumer is idle']).toMatch(
      /^newest \(seed \d+\): version \d+ was the last, and \d+ was delivered last\.\n {2}write 1 · write 1(?: · write 1)?; /,
    )
  })

  test('compares diagrams: what comes when, what is lost, what is missed', async () => {
    const shown = { name: 'keeps the newest', source: '-abcd---e|', expected: '-a---d---e---|', busyMs: 4 }
    const lost = ['b conflated', 'c conflated']
    expect(await failures(latest(), [{ ...shown, lost, missed: ['2 before d'] }])).toEqual({})
    const wrong = await failures(latest(), [
      { ...shown, expected: '-a---c---e---|' },
      { ...shown, name: 'loses one', lost: ['b conflated'] },
      { ...shown, name: 'misses nothing', missed: [] },
    ])
    expect(wrong['keeps the newest']).toContain('came      1 a · 5 d · 9 e · 13 |')
    expect(Object.keys(wrong)).toEqual(['keeps the newest', 'loses one', 'misses nothing'])
  })

  test('needs a test runner, and a number of runs', () => {
    const runner = { describe: () => {}, test: () => {} }
    expect(() => describePolicy(latest(), [], { ...runner, runs: 0 })).toThrow(
      'Expected "runs" to be an integer from 1, got 0 (number).',
    )
    expect(() => describePolicy(latest(), [], { test: runner.test })).toThrow(
      'Expected "describe" to be that of the test runner, as there is no global one, got undefined.',
    )
  })
})
