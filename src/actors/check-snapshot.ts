import { describeValue, HeadgateError } from '../kit/index.ts'
import { type AnyMachine, activeNodes } from '../machine/index.ts'
import { snapshotProblem } from '../store/index.ts'
import type { ActorSnapshot, ChildSnapshot, SystemSnapshot } from './actor-snapshot.ts'
import { addressOf, ROOT } from './address.ts'

/**
 * Refuses what is no snapshot of a system with this root, before anything has been touched.
 *
 * @throws `SYSTEM_SNAPSHOT_INVALID`
 */
export function checkSystemSnapshot(machine: AnyMachine, given: SystemSnapshot): void {
  const { format, root } = (given ?? {}) as Partial<SystemSnapshot>
  if (format !== 1) refuse(machine, 'the system', `"format" is ${describeValue(format)}, and 1 is known`)
  const { snapshot } = (root ?? {}) as Partial<ActorSnapshot>
  if (snapshot === undefined) refuse(machine, ROOT, 'there is no "snapshot"')
  checkActor(machine, machine, ROOT, root as ActorSnapshot)
}

function checkActor(root: AnyMachine, machine: AnyMachine, address: string, actor: ActorSnapshot): void {
  const { snapshot, entered = {}, inbox = [], children = [] } = actor
  if (snapshot !== undefined) {
    const problem = snapshotProblem(snapshot)
    if (problem !== undefined) refuse(root, address, problem)
    const { current } = snapshot.state
    if (activeNodes(machine, current) === undefined)
      refuse(root, address, `machine "${machine.id}" has no state ${describeValue(current)}`)
  }
  const isTimes = typeof entered === 'object' && Object.values(entered).every(Number.isFinite)
  if (!isTimes) refuse(root, address, '"entered" is not an object of times')
  if (!Array.isArray(inbox) || !inbox.every(isMessage))
    refuse(root, address, '"inbox" is not a list of messages')
  if (!Array.isArray(children)) refuse(root, address, '"children" is not a list')
  for (const child of children) checkChild(root, machine, address, child)
}

function checkChild(root: AnyMachine, parent: AnyMachine, address: string, child: ChildSnapshot): void {
  const { child: name, key, restarts = [], restartAt = 0 } = child ?? {}
  const node = parent.children.find((one) => one.name === name)
  if (node === undefined || typeof key !== 'string')
    refuse(root, address, `it has no children ${describeValue(name)} with the key ${describeValue(key)}`)
  const own = addressOf(address, name, key)
  if (!Array.isArray(restarts) || !restarts.every(Number.isFinite))
    refuse(root, own, '"restarts" is not a list of times')
  if (!Number.isFinite(restartAt)) refuse(root, own, '"restartAt" is not a time')
  checkActor(root, node.machine, own, child)
}

const isMessage = (message: unknown): boolean =>
  typeof (message as { event?: { type?: unknown } } | undefined)?.event?.type === 'string'

function refuse({ id }: AnyMachine, address: string, problem: string): never {
  throw new HeadgateError('SYSTEM_SNAPSHOT_INVALID', { system: id, address, problem })
}
