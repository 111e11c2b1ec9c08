/** The page: panels that follow a store at 60 Hz are mounted and unmounted while the writer goes on. */
import { createStore, frame, latest, type Policy, type SubscriberHandle, throttle } from '../../src/index.ts'

const store = createStore({ tick: 0 })
const POLICIES: readonly Policy[] = [frame(), latest(), throttle({ ms: 50 })]
const PANELS = 60

/** Set by the address: the twin forgets to unsubscribe. */
const leak = new URLSearchParams(location.search).has('leak')
let mounted: { panel: HTMLElement; handle: SubscriberHandle }[] = []

function mount(index: number): void {
  const panel = document.createElement('div')
  panel.className = 'panel'
  document.body.append(panel)
  const consumer = (): void => {
    panel.textContent = String(store.state.tick)
  }
  const handle = store.subscribe(consumer, { policy: POLICIES[index % POLICIES.length] })
  mounted.push({ panel, handle })
}

function unmount(): void {
  for (const { panel, handle } of mounted) {
    panel.remove()
    if (!leak) handle.unsubscribe()
  }
  mounted = []
}

const page = {
  writes: 0,
  /** What the next step waits for. */
  until: 0,
  mount(): void {
    for (let index = 0; index < PANELS; index += 1) mount(index)
  },
  unmount,
}

setInterval(() => {
  page.writes += 1
  store.set({ tick: page.writes })
}, 1_000 / 60)

// Everything runs once before the first snapshot.
page.mount()
if (!leak) unmount()
mounted = []
Object.assign(globalThis, { page })
