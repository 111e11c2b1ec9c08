/**
 * Bounds how long work that sets itself off again can keep the platform from everything else.
 *
 * A subscriber that writes once for each delivery is a chain of microtasks: no timer, no input and no output of the
 * process ever has its turn. So what goes on after a promise asks here first. Rounds of microtasks are counted, not
 * releases: what many do beside each other is one round, and so is a run in virtual time, which is synchronous.
 *
 *   rounds  1 … 500 …………… 1 000 ………
 *               mark a       wait for the
 *               macrotask    macrotask
 *
 * What must stay true: nobody pays for a macrotask before round 500; nothing that waits is lost or overtaken.
 */

/** The round of microtasks that asks for a macrotask, which begins the count anew. */
const MARK_AT = 500
/** The last round that goes on before that macrotask has come. */
export const ROUNDS_MAX = 1_000

declare const setImmediate: ((work: () => void) => unknown) | undefined

// Taken when the module is loaded, so that a test's fake clock holds nobody up. `setTimeout` waits 1 ms at least.
const later: (work: () => void) => unknown =
  typeof setImmediate === 'function' ? setImmediate : globalThis.setTimeout

/** Its reactions are microtasks; those of Node's `queueMicrotask` cost 150 ns more. */
const resolved = Promise.resolve()

let rounds = 0
let isCounted = false
const waiting: (() => void)[] = []

const endRound = (): void => {
  isCounted = false
}

function beginAnew(): void {
  rounds = 0
  for (const work of waiting.splice(0)) releaseWork(work)
}

/** Counts a round for a loop that does in one run what would else be a round each; whether it may go on. */
export function anotherRound(): boolean {
  rounds += 1
  if (rounds === MARK_AT) later(beginAnew)
  return rounds <= ROUNDS_MAX
}

/** Counts the round that runs, once; whether what begins in it may go on at once. */
export function mayGoOn(): boolean {
  if (isCounted) return rounds <= ROUNDS_MAX
  isCounted = true
  resolved.then(endRound)
  return anotherRound()
}

/** Runs what goes on after a promise: now, or, where this has gone on for too long, in the next macrotask. */
export function releaseWork(work: () => void): void {
  if (mayGoOn()) work()
  else waiting.push(work)
}

/** As {@link releaseWork}, for those who await: `undefined` where nothing is to be awaited. */
export const turnToGoOn = (): Promise<void> | undefined =>
  mayGoOn() ? undefined : new Promise((resolve) => waiting.push(resolve))
