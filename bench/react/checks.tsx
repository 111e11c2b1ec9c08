/**
 * The ten checks of concurrent rendering, after *will this React global state work in concurrent rendering* (dai-shi):
 * components that take long to render show one number, while it changes and while more of them are mounted.
 *
 * Whatever is committed is looked at by an observer of the document, so what is judged is what somebody sees. Nothing
 * is timed.
 */
import { startTransition, useDeferredValue, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { type Counter, PLAIN } from './adapter.ts'

const SLOW_COMPONENTS = 20
const RENDER_MS = 5
const CHANGES = 4

const task = (ms = 0): Promise<void> => new Promise((done) => setTimeout(done, ms))

function work(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** What was committed: the different numbers that stood in the document together, one set a commit. */
interface Seen {
  readonly commits: string[][]
  readonly urgent: string[]
}

async function watch(
  counter: Counter,
  deferred: boolean,
  mounted: number,
  act: (page: Page) => Promise<void>,
): Promise<Seen> {
  const container = document.createElement('div')
  document.body.append(container)
  const seen: Seen = { commits: [], urgent: [] }
  const texts = (name: string): string[] =>
    [...container.querySelectorAll(name)].map((each) => each.textContent ?? '')
  const observer = new MutationObserver(() => {
    seen.commits.push([...new Set(texts('b'))])
    seen.urgent.push(texts('i').join())
  })
  observer.observe(container, { subtree: true, childList: true, characterData: true })

  const { Provider, wrap } = { ...PLAIN, ...counter }
  const Slow = wrap(() => {
    const now = counter.useCount()
    const late = useDeferredValue(now)
    work(RENDER_MS)
    return <b>{deferred ? late : now}</b>
  })
  let page: Page | undefined
  const App = () => {
    const [size, setSize] = useState(mounted)
    const [clicks, setClicks] = useState(0)
    page = { setSize, click: () => setClicks((count) => count + 1) }
    return (
      <>
        <i>{clicks}</i>
        {Array.from({ length: size }, (_, index) => (
          <Slow key={index} />
        ))}
      </>
    )
  }
  const root = createRoot(container)
  root.render(
    <Provider>
      <App />
    </Provider>,
  )
  while (container.querySelectorAll('b').length < mounted || page === undefined) await task(5)
  await act(page)
  // What is pending has been shown when nothing has come for a while.
  for (let quiet = 0, before = -1; quiet < 4; before = seen.commits.length) {
    await task(60)
    quiet = seen.commits.length === before ? quiet + 1 : 0
  }
  observer.disconnect()
  root.unmount()
  container.remove()
  return seen
}

interface Page {
  setSize(size: number): void
  click(): void
}

const add = (counter: Counter) => (): void => counter.change((count) => count + 1)

/** Changes go on while React renders. */
async function changing(change: () => void): Promise<void> {
  for (let done = 0; done < CHANGES; done += 1) {
    change()
    await task(RENDER_MS * 3)
  }
}

const endsTogether = ({ commits }: Seen): boolean => commits.at(-1)?.join() === String(CHANGES)
const neverTorn = ({ commits }: Seen): boolean => commits.every((values) => values.length <= 1)

/** Runs the ten checks; true where one passes. */
export async function tenChecks(create: () => Counter): Promise<boolean[]> {
  const results: boolean[] = []
  for (const deferred of [false, true]) {
    const transit = (change: () => void) => (deferred ? change : () => startTransition(change))
    const one = create()
    const updated = await watch(one, deferred, SLOW_COMPONENTS, () => changing(transit(add(one))))
    const other = create()
    const mounted = await watch(other, deferred, 0, async (page) => {
      startTransition(() => page.setSize(SLOW_COMPONENTS))
      await task(RENDER_MS * 2)
      await changing(add(other))
    })
    results.push(endsTogether(updated), endsTogether(mounted), neverTorn(updated), neverTorn(mounted))
    if (!deferred) results.push(await canInterrupt(create()), await canBranch(create()))
  }
  return results
}

/** A click is shown before the slow components show what a transition has written. */
async function canInterrupt(counter: Counter): Promise<boolean> {
  const { commits, urgent } = await watch(counter, false, SLOW_COMPONENTS, async (page) => {
    startTransition(add(counter))
    await task(RENDER_MS * 2)
    page.click()
  })
  return urgent.some((clicks, index) => clicks === '1' && commits[index]?.join() === '0')
}

/** While a transition leads from 1 to 3, doubling shows 2, and 6 in the end. */
async function canBranch(counter: Counter): Promise<boolean> {
  counter.change(() => 1)
  const { commits } = await watch(counter, false, SLOW_COMPONENTS, async () => {
    startTransition(() => counter.change((count) => count + 2))
    await task(RENDER_MS * 2)
    counter.change((count) => count * 2)
  })
  return commits.some((values) => values.join() === '2') && commits.at(-1)?.join() === '6'
}
