/** Two paces in one tree: counters and a chart that read the same counter, while more of both are mounted. */
import { createRoot } from 'react-dom/client'
import type { Counter } from './adapter.ts'

const START_SIZE = 20
const MOUNT_EACH_MS = 70

export interface Looks {
  /** How often what somebody sees was looked at. */
  readonly looks: number
  /** How often components of one pace showed different numbers. */
  readonly torn: number
  readonly written: number
  readonly shown: Readonly<Record<'counters' | 'chart', number>>
  /** Which numbers stood in the document together, look by look. */
  readonly seen: readonly Seen[]
}

export interface Seen {
  readonly ms: number
  readonly name: 'counters' | 'chart'
  readonly values: readonly number[]
}

export async function twoPaces(
  write: (n: number) => void,
  readers: Readonly<Record<'counters' | 'chart', Counter['useCount']>>,
  ms: number,
): Promise<Looks> {
  const container = document.createElement('div')
  document.body.append(container)
  const shown = { counters: new Set<string>(), chart: new Set<string>() }
  const seen: Seen[] = []
  const beganMs = performance.now()
  let [looks, torn, written] = [0, 0, 0]
  const observer = new MutationObserver(() => {
    looks += 1
    for (const name of ['counters', 'chart'] as const) {
      const values = new Set(
        [...container.querySelectorAll(`.${name}`)].map(({ textContent }) => textContent ?? ''),
      )
      if (values.size > 1) torn += 1
      seen.push({ ms: performance.now() - beganMs, name, values: [...values].map(Number) })
      for (const value of values) shown[name].add(value)
    }
  })
  observer.observe(container, { subtree: true, childList: true, characterData: true })

  const Shown = ({ name }: { name: 'counters' | 'chart' }) => <b className={name}>{readers[name]()}</b>
  const root = createRoot(container)
  let size = START_SIZE
  const render = (): void =>
    root.render(
      Array.from({ length: size }, (_, index) => [
        <Shown key={`a${index}`} name="counters" />,
        <Shown key={`b${index}`} name="chart" />,
      ]),
    )
  render()
  const writer = setInterval(() => {
    // A timer comes each four milliseconds at best.
    for (let count = 0; count < 4; count += 1) write(++written)
  }, 4)
  const mounter = setInterval(() => {
    size += 1
    render()
  }, MOUNT_EACH_MS)
  await new Promise((done) => setTimeout(done, ms))
  clearInterval(writer)
  clearInterval(mounter)
  await new Promise((done) => setTimeout(done, 300))
  observer.disconnect()
  root.unmount()
  container.remove()
  return { looks, torn, written, shown: { counters: shown.counters.size, chart: shown.chart.size }, seen }
}
