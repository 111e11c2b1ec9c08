/** A system of machines under inspection: its newest messages, and who is there. */
import type { ActorSnapshot, ChildSnapshot, Message } from '../actors/index.ts'
import { addressOf } from '../actors/index.ts'
import type { ActorFacts, MessageFacts } from './facts.ts'
import { cut } from './plain.ts'
import { stateText } from './state-text.ts'
import type { SystemFacts } from './watch.ts'
import type { WatchedSystem } from './watched.ts'

/** Messages that are shown. */
export const MESSAGES_MAX = 200
/** Actors that are shown. */
export const ACTORS_MAX = 500

export class SystemWatch {
  readonly #system: WatchedSystem
  readonly #messages: MessageFacts[] = []
  readonly #subscription: { unsubscribe(): void }
  #count = 0
  #actors: readonly ActorFacts[] = []

  constructor(system: WatchedSystem) {
    this.#system = system
    this.#subscription = system.messages$.subscribe(({ from = '', to, event, at }: Message) => {
      this.#count += 1
      this.#messages.push({ number: this.#count, from: cut(from), to: cut(to), type: cut(event.type), at })
      if (this.#messages.length > MESSAGES_MAX) this.#messages.shift()
    })
  }

  facts(): SystemFacts {
    try {
      this.#actors = [...actorsOf('root', this.#system.snapshot().root, 'running')].slice(0, ACTORS_MAX)
    } catch {
      // It is in the middle of an event, or over: what was seen last stands.
    }
    return { messages: [...this.#messages], actors: this.#actors }
  }

  forget(): void {
    this.#subscription.unsubscribe()
  }
}

function* actorsOf(address: string, actor: ActorSnapshot, status: string): Generator<ActorFacts> {
  const { snapshot, inbox = [], children = [] } = actor
  yield {
    address: cut(address),
    current: snapshot === undefined ? '' : cut(stateText(snapshot.state.current)),
    status,
    waiting: inbox.length,
  }
  for (const child of children as readonly ChildSnapshot[]) {
    yield* actorsOf(addressOf(address, child.child, child.key), child, child.status ?? 'running')
  }
}
