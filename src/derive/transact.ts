/**
 * One atomic write over several stores.
 *
 *   begin   every store holds what it publishes, and opens a batch
 *   work    writes; readers inside see it
 *   end     every batch is closed: all stores are current before anybody is told
 *           every store is released: each tells, in the order in which it joined
 *
 * A transaction inside another joins it: its stores are held, and can be taken back, until the outermost one ends. It
 * has batches of its own, so that it can be taken back alone.
 */
import { deferredOf, HeadgateError } from '../kit/index.ts'
import {
  type Kernel,
  kernelOf,
  type OpenBatch,
  type Store,
  type Synchronous,
  type Write,
} from '../store/index.ts'

/** A store in the transaction: its batches that are open, the outermost first, and the end of its hold. */
interface Member {
  readonly batches: OpenBatch[]
  readonly release: () => void
}

type AnyKernel = Kernel<unknown>

/** The transaction in progress, in the order in which its stores joined. */
let members: Map<AnyKernel, Member> | undefined

/**
 * Writes to several stores as one: each gets one new version, and all are current before any follower is notified.
 *
 * - Readers inside `work` see its writes; followers and `published` show nothing before it has returned.
 * - After a throw, work that returns a promise, an uncaught refusal of a write, or the destruction of a store, all
 *   stores stay as they were.
 * - The stores deliver in the order in which they are given.
 * - A nested transaction joins the outer one: nothing is delivered before the outermost has returned, and if that
 *   throws, all are rolled back. An inner one that throws rolls back its own writes.
 *
 * Writes to a store that is not given take effect at once, and are not rolled back.
 *
 * @example
 * ```ts
 * import { createStore, derive, transact } from 'headgate'
 *
 * const giro = createStore(100)
 * const savings = createStore(0)
 * const total = derive([giro, savings], (one, other) => one + other)
 * total.subscribe(({ state }) => console.log('total', state))
 * // → total 100
 * savings.subscribe(({ state }) => console.log('savings', state, 'giro', giro.state))
 * // → savings 0 giro 100
 * transact([giro, savings], () => {
 *   giro.set(giro.state - 30)
 *   savings.set(savings.state + 30)
 * })
 * // → savings 30 giro 70
 * ```
 *
 * @param work - synchronous; its result is returned.
 * @param write - labels the version of each store; by default the label of its last write.
 * @throws what `work` throws, `TRANSACTION_ASYNC`, `TRANSACTION_IN_BATCH` inside a batch of one of the stores,
 *   `KERNEL_ABSENT`, `READ_ONLY` for a derived value, and the refusals of every write.
 */
export function transact<R>(stores: readonly Store<unknown>[], work: Synchronous<R>, write?: Write): R {
  const kernels = [...new Set(stores.map((store) => kernelOf<unknown>(store)))]
  // What no compiler has seen is refused when it has returned a promise.
  const run = work as () => R
  if (members !== undefined) return level(members, kernels, false, run, write)
  const joined = new Map<AnyKernel, Member>()
  members = joined
  try {
    return level(joined, kernels, true, run, write)
  } finally {
    members = undefined
    for (const { release } of joined.values()) release()
  }
}

/** Opens a batch on each store, and closes all of them in one way: at last those of all that have joined. */
function level<R>(
  joined: Map<AnyKernel, Member>,
  kernels: readonly AnyKernel[],
  isOutermost: boolean,
  work: () => R,
  write: Write | undefined,
): R {
  let result: R
  const opened: AnyKernel[] = []
  try {
    for (const kernel of kernels) {
      open(kernel, joined, isOutermost, write)
      opened.push(kernel)
    }
    result = work()
    const returned = deferredOf(result)
    if (returned !== undefined) {
      const names = kernels.map(({ store }) => store.name)
      throw new HeadgateError('TRANSACTION_ASYNC', { stores: names, returned })
    }
    for (const kernel of isOutermost ? joined.keys() : kernels) requireAlive(kernel)
  } catch (error) {
    for (const kernel of isOutermost ? joined.keys() : opened) joined.get(kernel)?.batches.pop()?.rollBack()
    throw error
  }
  // Nothing can fail from here: no foreign code runs before all are closed.
  for (const kernel of isOutermost ? joined.keys() : kernels) joined.get(kernel)?.batches.pop()?.commit()
  return result
}

function open(
  kernel: AnyKernel,
  joined: Map<AnyKernel, Member>,
  isOutermost: boolean,
  write: Write | undefined,
): void {
  let member = joined.get(kernel)
  // A batch that is not the transaction's could be taken back alone.
  const isOurs = member === undefined ? !kernel.inBatch : member.batches.at(-1)?.isInnermost
  if (isOurs !== true) throw new HeadgateError('TRANSACTION_IN_BATCH', { store: kernel.store.name })
  if (member === undefined) {
    // One that joins inside has a batch for the outermost level, too.
    member = { batches: isOutermost ? [] : [kernel.begin()], release: kernel.hold() }
    joined.set(kernel, member)
  }
  member.batches.push(kernel.begin(write))
}

function requireAlive({ destroyed, store }: AnyKernel): void {
  if (destroyed) throw new HeadgateError('STORE_DESTROYED', { store: store.name, operation: 'transact()' })
}
