import { messageOf } from '../kit/index.ts'
import { entryTimes } from '../machine/index.ts'
import type { Actor } from './actor.ts'
import type { ActorSnapshot, ChildSnapshot, SystemSnapshot } from './actor-snapshot.ts'

/** What a child is, as far as it is known already; else it is taken. */
type Known = (child: Actor, take: () => ChildSnapshot) => ChildSnapshot

/** What a system is between two events. */
export function takeSnapshot(
  root: Actor,
  tsWall: number,
  known: Known = (_child, take) => take(),
): SystemSnapshot {
  return { format: 1, tsWall, root: actorSnapshot(root, known) }
}

/** The parts that are as at the beginning are left out. */
function actorSnapshot(actor: Actor, known: Known): ActorSnapshot {
  const { head, driver, inbox, family } = actor
  const entered = driver === undefined ? {} : entryTimes(driver)
  const messages = [...actor.held, ...inbox.messages()]
  const children = family?.members().map((child) => known(child, () => childSnapshot(child, known))) ?? []
  return {
    ...(head !== undefined && { snapshot: head }),
    ...(Object.keys(entered).length > 0 && { entered }),
    ...(messages.length > 0 && { inbox: messages }),
    ...(children.length > 0 && { children }),
  }
}

function childSnapshot(actor: Actor, known: Known): ChildSnapshot {
  const { place, status, input, restarts, restartAt, failure, doneTold } = actor
  // The casts hold: every child has a place.
  const { node, key } = place as NonNullable<typeof place>
  const which = { child: node.name, key }
  if (status === 'ended') return { ...which, status }
  return {
    ...which,
    ...(input !== undefined && { input }),
    ...(restarts !== undefined && { restarts: restarts.times }),
    ...(restartAt !== undefined && { restartAt }),
    ...(status === 'failed' && { status, failure: messageOf(failure?.error) }),
    ...(doneTold && { doneTold }),
    ...actorSnapshot(actor, known),
  }
}
