import {
  createMachineStore,
  createStore,
  defineMachine,
  latest,
  type Readable,
  type Snapshot,
  type Store,
} from 'headgate'
import { memoryEngine, openJournal } from 'headgate/journal'
import { serve } from 'headgate/sync'
import { leakProbe } from 'headgate/testing'
import { map, type Observable } from 'rxjs'

interface Robot {
  battery: number
  pose: { x: number; y: number }
}

const store: Store<Robot> = createStore<Robot>({ battery: 100, pose: { x: 0, y: 0 } })
// rxjs's own operators and types: with a second copy of rxjs this line does not compile.
const x$: Observable<string> = store.select('pose', 'x').pipe(map((x) => x.toFixed(1)))
const snapshots$: Observable<Snapshot<Robot>> = store.snapshot$
const readable: Readable<Robot> = store
store.subscribe(({ state }) => state.battery.toFixed(), { policy: latest() })
// @ts-expect-error: a state is read-only
store.state.battery = 3
// @ts-expect-error: no such path
store.select('pose', 'z')

const light = createMachineStore(
  defineMachine({
    id: 'light',
    initial: 'RED',
    context: {},
    types: {} as { events: { type: 'GO' } | { type: 'STOP' } },
    states: { RED: { on: { GO: 'GREEN' } }, GREEN: { on: { STOP: 'RED' } } },
  }),
)
light.send({ type: 'GO' })
// @ts-expect-error: no such event
light.send({ type: 'FLY' })

export { leakProbe, light, memoryEngine, openJournal, readable, serve, snapshots$, x$ }
