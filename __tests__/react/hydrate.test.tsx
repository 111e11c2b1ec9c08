/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node"]}
 */
import './support/server.ts'

import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import { Suspense, use } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToPipeableStream } from 'react-dom/server.node'
import { createStore, direct, paced, type Store } from '../../src/index.ts'
import { firstState, hydrate, useOwnStore, useSnapshot, useStore } from '../../src/react/index.ts'
import { act, actLater } from './support/mount.tsx'

interface Count {
  readonly n: number
}

const rendered: number[] = []

function Page({ store }: { store: Store<Count> }) {
  const n = useStore(store, 'n')
  rendered.push(n)
  return (
    <p>
      <b>{n}</b>
      <b>{useStore(store).n}</b>
      <b>{useStore(store, (state) => ({ twice: state.n * 2 })).twice}</b>
      <b>{useStore(paced(store, direct()), 'n')}</b>
      <b>{useSnapshot(store).state.n}</b>
      <Suspense fallback="waiting">
        <Late store={store} />
      </Suspense>
    </p>
  )
}

function Late({ store }: { store: Store<Count> }) {
  use(firstState(store))
  return <i>{useStore(store, 'n')}</i>
}

/** What a server sends for a page, Suspense boundaries included. */
function render(node: React.ReactNode): Promise<string> {
  const sink = new PassThrough()
  const { pipe } = renderToPipeableStream(node, { onAllReady: () => void pipe(sink) })
  return text(sink)
}

/** Hydrates a page, and says what React had to repair. */
async function hydrated(html: string, store: Store<Count>) {
  const container = document.createElement('div')
  container.innerHTML = html
  document.body.append(container)
  const repaired: unknown[] = []
  const onRecoverableError = (error: unknown): void => void repaired.push(error)
  await actLater(() => hydrateRoot(container, <Page store={store} />, { onRecoverableError }))
  return { repaired, values: [...container.querySelectorAll('b, i')].map((element) => element.textContent) }
}

describe('hydrate', () => {
  test('lets components hydrate with what the server rendered, and show what is published afterwards', async () => {
    const server = createStore({ n: 3 })
    const html = await render(<Page store={server} />)
    const sent = JSON.parse(JSON.stringify(server.published))
    const store = createStore<Count>() as Store<Count>
    hydrate(store, sent)
    store.set({ n: 5 })
    rendered.length = 0
    const { repaired, values } = await hydrated(html, store)
    expect(html).toContain('<b>3</b>')
    expect(repaired).toEqual([])
    expect([...new Set(rendered)]).toEqual([3, 5])
    expect(values).toEqual(['5', '5', '10', '5', '5', '5'])
  })

  test('is what keeps a store that was written to from being a mismatch', async () => {
    const html = await render(<Page store={createStore({ n: 3 })} />)
    const { repaired, values } = await hydrated(html, createStore({ n: 5 }))
    expect(repaired).not.toEqual([])
    expect(values).toContain('5')
  })

  test('puts the snapshot, so that the store has its state', () => {
    const store = createStore({ n: 0 })
    const { version } = store.snapshot
    act(() => hydrate(store, { ...store.snapshot, version: 9, state: { n: 4 } }))
    expect([version, store.snapshot.version, store.state.n]).toEqual([0, 9, 4])
  })

  test('refuses what is no snapshot, and then remembers nothing', async () => {
    const store = createStore({ n: 1 })
    expect(() => hydrate(store, {} as never)).toThrow(expect.objectContaining({ code: 'SNAPSHOT_INVALID' }))
    expect(await render(<Page store={store} />)).toContain('<b>1</b>')
  })
})

describe('a server', () => {
  test('renders a store of its own for each request', async () => {
    const Own = ({ user }: { user: string }) => (
      <>
        {useStore(
          useOwnStore(() => createStore({ user })),
          'user',
        )}
      </>
    )
    expect(await Promise.all(['ada', 'grace'].map((user) => render(<Own user={user} />)))).toEqual([
      'ada',
      'grace',
    ])
  })

  test('waits for the first state of a store', async () => {
    const store = createStore<Count>() as Store<Count>
    const html = render(<Late store={store} />)
    store.initialize({ n: 8 })
    expect(await html).toBe('<i>8</i>')
  })
})
