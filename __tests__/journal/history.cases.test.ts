/** What undo and redo do, from the tests of another store (shared/cases/undo.jsonl), and what ours do beyond. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createHistory, type HistoryOptions } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'

const FILE = join(import.meta.dirname, '../../../shared/cases/undo.jsonl')

interface Case {
  readonly id: string
  readonly what: string
  readonly writes: readonly string[]
  readonly counts?: readonly number[]
  readonly group?: 'by reason' | 'state.groupId'
  readonly skip?: string
  readonly commits?: number
  readonly logs?: readonly string[]
  readonly versions?: readonly number[]
}

interface State {
  count: number
  logs: string[]
  groupId?: string
}

function run({ writes, group, skip }: Case) {
  const store = createStore<State>({ count: 0, logs: [] })
  const options: HistoryOptions<State> = {
    ...(group === 'by reason' && { group: ({ reason }) => reason }),
    ...(group === 'state.groupId' && { group: ({ state }) => state.groupId }),
    ...(skip !== undefined && { skip: ({ reason }) => reason === skip }),
  }
  const history = createHistory(store, options)
  const trace = writes.map((write) => {
    const [word = '', detail] = write.split(':')
    if (word === 'undo' || word === 'redo') history[word]()
    else {
      store.update(
        (draft) => {
          if (word === 'inc') draft.count += 1
          if (word === 'dec') draft.count -= 1
          if (word === 'log') draft.logs.push(detail ?? `at ${draft.logs.length}`)
          if (word === 'group' && detail !== undefined) draft.groupId = detail
        },
        { reason: word },
      )
    }
    return { count: store.state.count, version: store.snapshot.version }
  })
  return { store, trace }
}

describe('the shared cases of undo', () => {
  if (!existsSync(FILE)) {
    test.skip('run when shared/cases/undo.jsonl lies beside the project; it does not', () => {})
    return
  }
  const cases = readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case)

  test('are sixteen', () => {
    expect(cases).toHaveLength(16)
  })

  test.each(
    cases
      .filter(({ counts }) => counts !== undefined)
      .map((each) => [`${each.id} ${each.what}`, each] as const),
  )('%s', (_, each) => {
    const { store, trace } = run(each)
    expect(trace.map(({ count }) => count)).toEqual(each.counts)
    if (each.logs !== undefined) expect(store.state.logs).toEqual(each.logs)
    if (each.versions !== undefined) expect(trace.map(({ version }) => version)).toEqual(each.versions)
    if (each.commits !== undefined) expect(store.snapshot.version).toBe(each.commits)
  })

  test.each([
    ['refuse', 'refused, x stays 2'],
    ['overwrite', 'x is undefined again'],
  ] as const)('U16 undo of a path that another source wrote since: %s', (onConflict, _) => {
    const store = createStore<{ x?: number }>({})
    const history = createHistory(store, { source: 'a', onConflict })
    store.set({ x: 1 }, { source: 'a' })
    store.set({ x: 2 }, { source: 'b' })
    const result = history.undo()
    expect(store.state.x).toBe(onConflict === 'refuse' ? 2 : undefined)
    expect(result).toMatchObject(
      onConflict === 'refuse' ? { handled: false, reason: 'conflict', paths: ['/x'] } : { handled: true },
    )
  })
})
