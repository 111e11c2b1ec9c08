/**
 * What an actor does with one item of its inbox: a message goes to its machine; a notice is about one of its children.
 */
import { TIMER_MS_MAX } from '../kit/index.ts'
import type { DoneChildEvent, ErrorChildEvent, EventObject, Supervision } from '../machine/index.ts'
import { outputOf } from '../machine/index.ts'
import type { Actor, Place } from './actor.ts'
import type { Item } from './inbox.ts'
import { Restarts } from './restarts.ts'
import { takeOwn } from './take-own.ts'

/** @throws what its machine throws, and the refusals of every write. */
export function handle(actor: Actor, item: Item): void {
  if ('event' in item) {
    const { event, from } = item
    actor.system.tellOf(from, actor, event)
    actor.driver?.hands.send(event)
    return
  }
  const { about, what } = item
  const { place } = about
  if (place === undefined || about.status === 'ended') return
  if (what === 'done') completed(about, place)
  else if (about.status !== 'failed') return
  else if (what === 'restart') about.restart()
  else supervise(about, place)
}

function completed(child: Actor, { parent, node, key }: Place): void {
  if (child.doneTold || !child.isFinal || child.head === undefined) return
  const output = outputOf(child.machine, child.head.state)
  const event: DoneChildEvent = { type: 'done.child', child: node.name, key, output }
  if (node.onDone.length > 0) take(child, parent, event, node.onDone)
  child.doneTold = true
  child.system.touch(child)
}

const STOP: Supervision = { strategy: 'stop' }

/** Decides what becomes of a child that has failed. */
function supervise(child: Actor, place: Place): void {
  const { system, failure } = child
  const { supervise: supervision = STOP, onFault, name } = place.node
  if (failure === undefined) return
  const { phase, error } = failure
  if (supervision.strategy === 'escalate') {
    child.end()
    place.parent.failed(phase, error)
    return
  }
  if (supervision.strategy === 'restart') {
    child.restarts ??= new Restarts()
    const waitMs = child.restarts.next(system.clock.wall(), supervision)
    system.touch(child)
    if (waitMs !== undefined) {
      system.report(child, phase, error, child.restarts.count)
      if (waitMs === 0) child.restart()
      else startAgain(child, system.clock.wall() + waitMs)
      return
    }
  }
  const restarts = child.restarts?.count ?? 0
  const event: ErrorChildEvent = { type: 'error.child', child: name, key: place.key, error, restarts }
  try {
    if (!take(child, place.parent, event, onFault)) system.report(child, phase, error, restarts + 1)
  } finally {
    child.end()
  }
}

/** Has a child that has failed started again at some time, in milliseconds since 1970. */
export function startAgain(child: Actor, at: number): void {
  const { clock, scheduler } = child.system
  child.restartAt = at
  // A time that was restored may be as far away as the clocks of two machines are apart.
  const waitMs = Math.min(Math.max(0, at - clock.wall()), TIMER_MS_MAX)
  child.backoff = scheduler.schedule(() => child.note('restart'), waitMs)
  child.system.touch(child)
}

function take(
  child: Actor,
  parent: Actor,
  event: EventObject,
  transitions: Place['node']['onDone'],
): boolean {
  const { driver, system } = parent
  system.tellOf(child.address, parent, event)
  return driver !== undefined && takeOwn(driver, event, transitions)
}
