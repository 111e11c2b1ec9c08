/** Many components, each on its own entity, while entities are written one by one. */

import { memo } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { type Counter, type Entities, PLAIN } from './adapter.ts'
import { commits } from './hook.ts'

const COMPONENTS = 1_000

export interface Load {
  readonly writes: number
  readonly commits: number
  readonly renders: number
  readonly frames: number
  /** How long the page took to work off all writes: they come at their pace, and wait where it is slower. */
  readonly elapsedMs: number
  /** Whether all showed what was written last, in the end. */
  readonly converged: boolean
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** A message is a task of its own, unlike what one timer does; a worker sends them. */
const WORKER = `
  onmessage = ({ data: { perSecond, ms } }) => {
    const start = performance.now()
    let sent = 0
    const timer = setInterval(() => {
      const due = Math.min(ms, performance.now() - start) * perSecond / 1000
      while (sent < due) postMessage(sent++)
      if (performance.now() - start >= ms) { clearInterval(timer); postMessage('end') }
    }, 1)
  }`

export async function manyComponents(
  create: (ids: readonly string[]) => Entities,
  perSecond: number,
  ms: number,
): Promise<Load> {
  const ids = Array.from({ length: COMPONENTS }, (_, index) => `r${index}`)
  const { Provider, wrap, useEntity, write } = { ...PLAIN, ...create(ids) }
  const container = document.createElement('div')
  document.body.append(container)
  let renders = 0
  const Cell = memo(
    wrap(function Cell({ id }: { id: string }) {
      renders += 1
      return (
        <b style={{ contain: 'strict', display: 'inline-block', width: 40, height: 16 }}>{useEntity(id)}</b>
      )
    }),
  )
  const root = createRoot(container)
  flushSync(() =>
    root.render(
      <Provider>
        {ids.map((id) => (
          <Cell key={id} id={id} />
        ))}
      </Provider>,
    ),
  )
  await pause(200)
  ;[renders, commits.count] = [0, 0]
  let [frames, running, writes] = [0, true, 0]
  const expected = new Map<string, number>()
  const count = (): void => {
    frames += 1
    if (running) requestAnimationFrame(count)
  }
  requestAnimationFrame(count)
  const start = performance.now()
  const worker = new Worker(URL.createObjectURL(new Blob([WORKER])))
  await new Promise<void>((ended) => {
    worker.onmessage = ({ data }) => {
      if (data === 'end') return ended()
      const id = `r${(data * 7) % COMPONENTS}`
      writes += 1
      expected.set(id, writes)
      write(id, writes)
    }
    worker.postMessage({ perSecond, ms })
  })
  running = false
  worker.terminate()
  const load = { writes, commits: commits.count, renders, frames, elapsedMs: performance.now() - start }
  await pause(400)
  const cells = [...container.querySelectorAll('b')]
  const converged = cells.every(
    ({ textContent }, index) => textContent === String(expected.get(`r${index}`) ?? 0),
  )
  root.unmount()
  container.remove()
  return { ...load, converged }
}

/** A stream whose chunks are written one after the other in one task, each behind a promise: how often it is drawn. */
export async function manyChunks(counter: Counter, chunks: number): Promise<number> {
  const { Provider, wrap, useCount, change } = { ...PLAIN, ...counter }
  const container = document.createElement('div')
  let renders = 0
  const Text = wrap(() => {
    renders += 1
    return <b>{useCount()}</b>
  })
  const root = createRoot(container)
  flushSync(() =>
    root.render(
      <Provider>
        <Text />
      </Provider>,
    ),
  )
  await pause(100)
  renders = 0
  for (let done = 0; done < chunks; done += 1) {
    await Promise.resolve()
    change((count) => count + 1)
  }
  await pause(400)
  root.unmount()
  return renders
}
