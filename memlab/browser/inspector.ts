/** The page: inspectors are put into it and taken away, each after a look at what it shows, while the writer goes on. */
import { createMachineStore, createStore, defineMachine } from '../../src/index.ts'
import { mountInspector } from '../../src/inspector/mount-inspector.ts'

const store = createStore({ tick: 0 }, { name: 'counter' })
const lamp = createMachineStore(
  defineMachine({
    id: 'lamp',
    initial: 'OFF',
    context: {},
    historyLimit: 0,
    states: { OFF: { on: { PRESS: 'ON' } }, ON: { on: { PRESS: 'OFF' } } },
  }),
)
/** At a time: each draws a table, a tree, a timeline, a statechart and a graph. */
const INSPECTORS = 5

/** Set by the address: the twin takes away the elements only. */
const leak = new URLSearchParams(location.search).has('leak')
let mounted: { readonly element: HTMLElement; readonly takeAway: () => void }[] = []

function mount(): void {
  const element = document.body.appendChild(document.createElement('div'))
  mounted.push({ element, takeAway: mountInspector(element, [store, lamp], { intervalMs: 20 }) })
}

const press = (element: HTMLElement, key: string): void => {
  const app = element.shadowRoot?.querySelector('.app')
  app?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }))
}

/** What somebody does with an inspector: both stores are looked at, a version back, and all views. */
async function drive(): Promise<void> {
  const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 60))
  for (const name of ['counter', 'lamp']) {
    for (const { element } of mounted) press(element, 'o')
    await pause()
    for (const { element } of mounted)
      element.shadowRoot?.querySelector<HTMLElement>(`tr[data-store=${name}]`)?.click()
    await pause()
    for (const key of ['ArrowLeft', 'm', 'g', 'r', 's']) {
      for (const { element } of mounted) press(element, key)
      await pause()
    }
  }
}

function unmount(): void {
  for (const { element, takeAway } of mounted) {
    if (!leak) takeAway()
    element.remove()
  }
  mounted = []
}

const page = {
  writes: 0,
  /** What the next step waits for. */
  until: 0,
  driven: true,
  mount(): void {
    for (let index = 0; index < INSPECTORS; index += 1) mount()
    page.driven = false
    void drive().then(() => {
      page.driven = true
    })
  },
  unmount,
}

setInterval(() => {
  page.writes += 1
  store.set({ tick: page.writes })
  lamp.send('PRESS')
}, 1_000 / 60)

// Everything runs once before the first snapshot.
mount()
void drive().then(() => {
  unmount()
  Object.assign(globalThis, { page })
})
