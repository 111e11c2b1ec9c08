/**
 * The children of one actor, brought in line with its state after each commit: ahead of its subscribers, and ahead of
 * what its states run. Who is not wanted any more is ended, the newest first; then who is missing is started.
 */
import type { AnyState, ChildNode } from '../machine/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { Actor } from './actor.ts'
import type { ActorSnapshot, ActorState, ChildSnapshot } from './actor-snapshot.ts'
import { type KeyChanges, WantedKeys } from './wanted-keys.ts'

/** The children of one kind. */
interface Kind {
  readonly node: ChildNode
  keys: WantedKeys
  /** Also those that have ended although they are wanted: nobody starts them again. */
  readonly members: Map<string, Actor>
}

/** A child that is to be started, and how often its key is wanted. */
interface Coming {
  readonly kind: Kind
  readonly key: string
  times: number
}

/** What children are started from, where they go on from before. */
export class Plan {
  readonly actor: ActorSnapshot
  readonly #children = new Map<string, ChildSnapshot>()

  constructor(actor: ActorSnapshot) {
    this.actor = actor
    for (const one of actor.children ?? []) this.#children.set(`${one.child}:${one.key}`, one)
  }

  of(child: string, key: string): ChildSnapshot | undefined {
    return this.#children.get(`${child}:${key}`)
  }

  /** In the order in which they began; those that are not in it come last. */
  inOrder(coming: readonly Coming[]): Coming[] {
    const places = new Map([...this.#children.keys()].map((address, place) => [address, place]))
    const placeOf = ({ kind, key }: Coming): number => places.get(`${kind.node.name}:${key}`) ?? places.size
    return [...coming].sort((one, other) => placeOf(one) - placeOf(other))
  }
}

export class Family {
  readonly #parent: Actor
  readonly #kinds: readonly Kind[]
  /** Changes with each end of all: who is starting some then starts no more. */
  #generation = 0

  constructor(parent: Actor, nodes: readonly ChildNode[]) {
    this.#parent = parent
    this.#kinds = nodes.map((node) => ({ node, keys: new WantedKeys(node), members: new Map() }))
  }

  find(child: string, key: string): Actor | undefined {
    return this.#kinds.find(({ node }) => node.name === child)?.members.get(key)
  }

  /** All of them, in the order in which they began. */
  members(): Actor[] {
    const members = this.#kinds.flatMap((kind) => [...kind.members.values()])
    return members.sort((one, other) => one.serial - other.serial)
  }

  /** Starts and ends what a commit wants. */
  next({ state }: Snapshot<ActorState>, plan: Plan | undefined): void {
    const generation = this.#generation
    const leaving: Actor[] = []
    const coming: Coming[] = []
    for (const kind of this.#kinds) {
      const changes = this.#changesOf(kind, state as AnyState)
      if (changes !== undefined) apply(kind, changes, leaving, coming)
    }
    endAll(leaving)
    for (const { kind, key, times } of plan?.inOrder(coming) ?? coming) {
      if (this.#generation !== generation || this.#parent.status === 'ended') return
      const child = this.#parent.makeChild(kind.node, key)
      child.wanted = times
      kind.members.set(key, child)
      child.start(state.context, plan?.of(kind.node.name, key))
    }
  }

  /** Ends all; what is told next starts them anew. */
  end(): void {
    this.#generation += 1
    const members = this.members()
    for (const kind of this.#kinds) {
      kind.keys = new WantedKeys(kind.node)
      kind.members.clear()
    }
    endAll(members)
  }

  #changesOf({ keys }: Kind, state: AnyState): KeyChanges | undefined {
    try {
      return keys.next(state)
    } catch (error) {
      this.#parent.failed('children', error)
      return undefined
    }
  }
}

/** A key may be told several times, and has one child. */
function apply(kind: Kind, { added, removed }: KeyChanges, leaving: Actor[], coming: Coming[]): void {
  const touched: Actor[] = []
  for (const key of removed) {
    const member = kind.members.get(key)
    if (member === undefined) continue
    member.wanted -= 1
    touched.push(member)
  }
  const newcomers = new Map<string, Coming>()
  for (const key of added) {
    const member = kind.members.get(key)
    const newcomer = newcomers.get(key)
    if (member !== undefined) member.wanted += 1
    else if (newcomer !== undefined) newcomer.times += 1
    else newcomers.set(key, { kind, key, times: 1 })
  }
  for (const member of new Set(touched)) {
    if (member.wanted > 0) continue
    if (member.place !== undefined) kind.members.delete(member.place.key)
    leaving.push(member)
  }
  for (const newcomer of newcomers.values()) coming.push(newcomer)
}

function endAll(actors: Actor[]): void {
  for (const actor of actors.sort((one, other) => other.serial - one.serial)) actor.end()
}
