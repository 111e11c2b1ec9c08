/** `whileIn`: inner streams of a state that is entered and left, and of followers who leave inside it. */
import { map, Observable, Subject, type Subscription } from 'rxjs'
import { createMachineStore, defineMachine, whileIn } from '../../src/index.ts'
import type { Claim, Witness } from '../support/scenario.ts'

export const claim = 'The inner stream of whileIn() ends with the state, and with its follower.'

const machine = defineMachine({
  id: 'switch',
  initial: 'OFF',
  context: { rounds: 0 },
  // The records of the history hold no reference, but they would be fresh objects at the end.
  historyLimit: 0,
  states: { OFF: { on: { ON: 'ON' } }, ON: { on: { OFF: 'OFF' } } },
})

const createSwitch = () => createMachineStore(machine)

const writer = (store: ReturnType<typeof createSwitch>) => () => {
  store.updateContext((draft) => {
    draft.rounds += 1
  })
}

/** A stream without end. The twin's forgets to leave its source when it is left. */
const follow = (source: Observable<number>, held: Witness, leak: boolean): Observable<number> => {
  const inner = source.pipe(
    map((value) => {
      held.seen += 1
      return value
    }),
  )
  if (!leak) return inner
  return new Observable((observer) => {
    inner.subscribe(observer.next.bind(observer))
  })
}

const enteredAndLeft: Claim = {
  name: 'whileIn, state entered and left',
  create({ leak, witness }) {
    const store = createSwitch()
    const source = new Subject<number>()
    whileIn(store, 'ON', () => follow(source, witness(), leak)).subscribe()
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) {
          store.send('OFF')
          store.send('ON')
        }
      },
      release() {
        store.send('OFF')
      },
      write: writer(store),
    }
  },
}

const leftInside: Claim = {
  name: 'whileIn, unsubscribed inside',
  create({ leak, witness }) {
    const store = createSwitch()
    const source = new Subject<number>()
    const subscriptions: Subscription[] = []
    store.send('ON')
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          subscriptions.push(whileIn(store, 'ON', () => follow(source, held, false)).subscribe())
        }
      },
      release() {
        if (!leak) for (const subscription of subscriptions) subscription.unsubscribe()
        subscriptions.length = 0
      },
      write: writer(store),
    }
  },
}

export const claims: readonly Claim[] = [enteredAndLeft, leftInside]
