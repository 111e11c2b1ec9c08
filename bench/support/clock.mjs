/** How long an operation takes, and how fast this process is just now. */
import { median } from './statistics.mjs'

const SAMPLE_MS = 2
const SAMPLES_MIN = 3
const COUNT_MAX = 1_000_000
const KERNEL_SAMPLES = 9
const KERNEL_STEPS = 100_000

/** What this process has used of the processors, all its threads together. */
function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/**
 * How long a piece of work takes. On a shared machine the clock also counts the time in which somebody else
 * had the processor; the processor's time also counts the collector's helper threads. The lesser of the two is
 * nearer to the truth in both cases.
 */
function timeMs(work) {
  const cpuBefore = cpuMs()
  const before = performance.now()
  work()
  const wall = performance.now() - before
  return Math.min(wall, Math.max(cpuMs() - cpuBefore, 0.001))
}

/**
 * The median over samples of about two milliseconds, after a warm-up. Where an operation takes longer than the
 * budget there are still three samples, of one operation each.
 */
export function nanosecondsAnOperation(run, { warmMs, budgetMs }) {
  let count = 1
  let used = 0
  while (used < warmMs) {
    const ms = timeMs(() => run(count))
    used += ms
    count = Math.max(
      1,
      Math.min(COUNT_MAX, count * 16, Math.round((count * SAMPLE_MS) / Math.max(ms, 0.001))),
    )
  }

  globalThis.gc()
  const samples = []
  for (used = 0; samples.length < SAMPLES_MIN || used < budgetMs; ) {
    const ms = timeMs(() => run(count))
    used += ms
    samples.push((ms * 1e6) / count)
  }
  return median(samples)
}

/**
 * The calibration kernel: the same arithmetic and lookups in each process, without allocation, so that neither
 * the library nor its heap can slow it. When it is slow, the machine was.
 */
export function kernelNs() {
  const samples = []
  for (let sample = 0; sample < KERNEL_SAMPLES; sample += 1) {
    const begin = performance.now()
    kernel(KERNEL_STEPS)
    samples.push(((performance.now() - begin) * 1e6) / KERNEL_STEPS)
  }
  return median(samples)
}

const table = Int32Array.from({ length: 4_096 }, (_, i) => Math.imul(i, 2654435761))

function kernel(steps) {
  let seed = 1
  for (let i = 0; i < steps; i += 1) seed = (Math.imul(seed, 1664525) + table[(seed >>> 8) & 4_095]) | 0
  table[0] = seed
}
