import { describe, expect, test } from '@jest/globals'
import { Broadcast, type Follower, type Receiver, type Versioned } from '../../src/backpressure/index.ts'

type Entry = Versioned

/** A broadcast whose every call is written down: `a 1`, `log said 1`, `a complete`. */
class Bench {
  readonly log: string[] = []
  readonly errors: unknown[] = []
  readonly broadcast: Broadcast<Entry, string>

  constructor(queueMax = 1_000) {
    this.broadcast = new Broadcast(queueMax, (error) => this.errors.push(error))
  }

  publish(...versions: number[]): void {
    for (const version of versions) this.broadcast.publish({ version }, `said ${version}`)
  }

  receiver(name: string, work: (version: number) => void = () => {}): Receiver<Entry> {
    const { log } = this
    const receiver: Receiver<Entry> = {
      slot: -1,
      next({ version }) {
        log.push(`${name} ${version}`)
        work(version)
      },
      complete() {
        log.push(`${name} complete`)
        work(-1)
      },
    }
    this.broadcast.add(receiver)
    return receiver
  }

  follower(name: string, work: (note: string) => void = () => {}): Follower<string> {
    return {
      next: (note) => {
        this.log.push(`${name} ${note}`)
        work(note)
      },
      complete: () => {
        this.log.push(`${name} complete`)
      },
    }
  }

  /** Takes the lines written down since the last call. */
  lines(): string[] {
    return this.log.splice(0)
  }
}

describe('receivers', () => {
  test('are told in the order in which they joined', () => {
    const bench = new Bench()
    for (const name of ['a', 'b', 'c']) bench.receiver(name)
    bench.publish(1)
    expect(bench.lines()).toEqual(['a 1', 'b 1', 'c 1'])
    expect([bench.broadcast.receivers().length, bench.broadcast.published]).toEqual([3, 1])
  })

  test('are told of an entry published from inside a walk behind the one that is being told', () => {
    const bench = new Bench()
    bench.receiver('a', (version) => version < 3 && bench.publish(version + 1))
    bench.receiver('b')
    bench.publish(1)
    expect(bench.lines()).toEqual(['a 1', 'b 1', 'a 2', 'b 2', 'a 3', 'b 3'])
  })

  test('that join inside a walk are told what is published after that, and nothing that waited', () => {
    const bench = new Bench()
    bench.receiver('a', (version) => {
      if (version !== 1) return
      bench.publish(2)
      bench.receiver('late')
      bench.publish(3)
    })
    bench.publish(1)
    expect(bench.lines()).toEqual(['a 1', 'a 2', 'a 3', 'late 3'])
  })

  test('that leave inside a walk are told nothing more of it', () => {
    const bench = new Bench()
    bench.receiver('a', () => bench.broadcast.remove(b))
    const b = bench.receiver('b')
    bench.receiver('c')
    bench.publish(1, 2)
    expect(bench.lines()).toEqual(['a 1', 'c 1', 'a 2', 'c 2'])
  })

  test('that throw stop nobody else, and what they threw is handed over', () => {
    const bench = new Bench()
    for (const name of ['a', 'b', 'c']) {
      bench.receiver(name, (version) => {
        if (name !== 'c') throw `${name} at ${version}`
      })
    }
    bench.publish(1)
    bench.broadcast.complete()
    expect(bench.lines()).toEqual(['a 1', 'b 1', 'c 1', 'a complete', 'b complete', 'c complete'])
    expect(bench.errors).toEqual(['a at 1', 'b at 1', 'a at -1', 'b at -1'])
  })

  test('are not completed once they have left, also where another leaves them out while it is completed', () => {
    const bench = new Bench()
    bench.receiver('a', () => bench.broadcast.remove(b))
    const b = bench.receiver('b')
    bench.broadcast.complete()
    expect(bench.lines()).toEqual(['a complete'])
  })

  test('a chain of 100 000 publications grows no stack', () => {
    const bench = new Bench(200_000)
    let told = 0
    bench.receiver('a', (version) => {
      told += 1
      if (version < 100_000) bench.publish(version + 1)
    })
    bench.publish(1)
    expect(told).toBe(100_000)
  })
})

describe('followers', () => {
  test('are told the note of each entry, those before ahead of all receivers, those after behind them', () => {
    const bench = new Bench()
    bench.receiver('a')
    bench.broadcast.follow(bench.follower('journal'), 'after')
    bench.broadcast.follow(bench.follower('effects'), 'before')
    bench.receiver('b')
    bench.publish(1)
    expect(bench.lines()).toEqual(['effects said 1', 'a 1', 'b 1', 'journal said 1'])
  })

  test('that join inside a walk are told from the next publication on', () => {
    const bench = new Bench()
    bench.receiver('a', (version) => {
      if (version !== 1) return
      bench.publish(2)
      bench.broadcast.follow(bench.follower('journal'), 'after')
      bench.publish(3)
    })
    bench.publish(1)
    expect(bench.lines()).toEqual(['a 1', 'a 2', 'a 3', 'journal said 3'])
  })

  test('that leave inside a walk are told nothing more of it', () => {
    const bench = new Bench()
    const leaving: (() => void)[] = []
    bench.broadcast.follow(
      bench.follower('mirror', () => {
        for (const leave of leaving) leave()
      }),
      'after',
    )
    leaving.push(bench.broadcast.follow(bench.follower('journal'), 'after'))
    bench.publish(1, 2)
    expect(bench.lines()).toEqual(['mirror said 1', 'mirror said 2'])
  })

  test('that throw stop nobody else', () => {
    const bench = new Bench()
    const thrower = bench.follower('journal', () => {
      throw 'disk full'
    })
    bench.broadcast.follow(thrower, 'before')
    bench.receiver('a')
    bench.publish(1)
    expect(bench.lines()).toEqual(['journal said 1', 'a 1'])
    expect(bench.errors).toEqual(['disk full'])
  })

  test('are completed around the receivers', () => {
    const bench = new Bench()
    bench.broadcast.follow(bench.follower('journal'), 'after')
    bench.broadcast.follow(bench.follower('effects'), 'before')
    bench.receiver('a')
    bench.broadcast.complete()
    bench.broadcast.complete()
    bench.publish(1)
    expect(bench.lines()).toEqual(['effects complete', 'a complete', 'journal complete'])
    expect([bench.broadcast.ended, bench.broadcast.receivers().length, bench.broadcast.published]).toEqual([
      true,
      0,
      0,
    ])
  })
})

describe('hold', () => {
  test('keeps what is published until it is released', () => {
    const bench = new Bench()
    bench.receiver('a')
    const release = bench.broadcast.hold()
    bench.publish(1, 2)
    expect(bench.lines()).toEqual([])
    release()
    expect(bench.lines()).toEqual(['a 1', 'a 2'])
    release()
    bench.publish(3)
    expect(bench.lines()).toEqual(['a 3'])
  })

  test('two holds are two: the last one released tells', () => {
    const bench = new Bench()
    bench.receiver('a')
    const [first, second] = [bench.broadcast.hold(), bench.broadcast.hold()]
    bench.publish(1)
    first()
    first()
    expect(bench.lines()).toEqual([])
    second()
    expect(bench.lines()).toEqual(['a 1'])
  })

  test('taken inside a walk outlasts it: the walk is ended, what follows waits', () => {
    const bench = new Bench()
    let release = (): void => {}
    bench.receiver('a', (version) => {
      if (version !== 1) return
      release = bench.broadcast.hold()
      bench.publish(2)
    })
    bench.receiver('b')
    bench.publish(1)
    bench.publish(3)
    expect(bench.lines()).toEqual(['a 1', 'b 1'])
    release()
    expect(bench.lines()).toEqual(['a 2', 'b 2', 'a 3', 'b 3'])
  })

  test('released inside a walk leaves the telling to the walk', () => {
    const bench = new Bench()
    const outer = bench.broadcast.hold()
    bench.receiver('a', () => outer())
    bench.receiver('b')
    bench.broadcast.exclusively(() => bench.publish(1))
    expect(bench.lines()).toEqual([])
    outer()
    expect(bench.lines()).toEqual(['a 1', 'b 1'])
  })
})

describe('exhausted', () => {
  test('says that one publication has set off as many as it may; a new one begins anew', () => {
    const bench = new Bench(2)
    const seen: boolean[] = []
    bench.receiver('a', (version) => {
      seen.push(bench.broadcast.exhausted)
      if (!bench.broadcast.exhausted) bench.publish(version + 1)
    })
    bench.publish(1)
    expect(seen).toEqual([false, false, true])
    expect(bench.broadcast.exhausted).toBe(false)
    bench.publish(11)
    expect(seen).toEqual([false, false, true, false, false, true])
  })
})

describe('exclusively', () => {
  test('has what is published inside told behind it, also where it throws', () => {
    const bench = new Bench()
    bench.receiver('a')
    const work = (): void => {
      bench.publish(1)
      bench.log.push('still inside')
      throw new Error('broken')
    }
    expect(() => bench.broadcast.exclusively(work)).toThrow('broken')
    expect(bench.lines()).toEqual(['still inside', 'a 1'])
  })
})

describe('told', () => {
  test('is called after each entry has been told to everyone', () => {
    const bench = new Bench()
    bench.broadcast.told = () => bench.log.push('told')
    bench.receiver('a', (version) => version === 1 && bench.publish(2))
    bench.broadcast.follow(bench.follower('journal'), 'after')
    bench.publish(1)
    expect(bench.lines()).toEqual(['a 1', 'journal said 1', 'told', 'a 2', 'journal said 2', 'told'])
  })
})
