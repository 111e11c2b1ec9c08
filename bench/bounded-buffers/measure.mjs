/**
 * One measurement, in a process of its own: checks what an implementation holds and drops, then prints the
 * median of what an item costs it, in nanoseconds.
 *
 *     node bench/bounded-buffers/measure.mjs IMPLEMENTATION BUFFERS with-takes|without-takes BUDGET_MS
 */
import { deepEqual, equal } from 'node:assert/strict'

const CAPACITY = 64
const CHECKED_ITEMS = 200
const SAMPLE_MS = 3

const [implementation, buffersWord, mode, budgetWord] = process.argv.slice(2)
const buffers = Number(buffersWord)
const budgetMs = Number(budgetWord)
const takes = mode === 'with-takes'
const { open } = await import(`./${implementation}.mjs`)

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => first + index)
const fresh = () => open({ buffers, capacity: CAPACITY, takes })

/** What publishing and taking should have left behind: the newest 64 in order, or nothing. */
function check() {
  const subject = fresh()
  const hash = subject.publish(1, CHECKED_ITEMS)
  const lost = takes ? 0 : CHECKED_ITEMS - CAPACITY
  const dropped = subject.dropped()
  if (dropped !== undefined) deepEqual(dropped, new Array(buffers).fill(lost))
  const held = takes ? [] : range(lost + 1, CHECKED_ITEMS)
  deepEqual(
    subject.drain().map((values) => [...values]),
    Array.from({ length: buffers }, () => held),
  )
  if (!takes) return
  let expected = 0
  for (const value of range(1, CHECKED_ITEMS)) {
    for (let i = 0; i < buffers; i += 1) expected = (expected * 31 + value) | 0
  }
  equal(hash, expected)
}

/** Nanoseconds an item: the median over samples of about three milliseconds. */
function measure() {
  const subject = fresh()
  let published = 1
  const timeMs = (count) => {
    const begin = performance.now()
    subject.publish(published, count)
    // Small integers only, as a double would cost the array of a ring more.
    published = published > 1_000_000_000 ? 1 : published + count
    return performance.now() - begin
  }
  const samples = []
  let count = CAPACITY + 1
  const warmUntil = performance.now() + budgetMs / 2
  while (performance.now() < warmUntil) {
    const ms = timeMs(count)
    count = Math.max(1, Math.min(100_000, Math.round((count * SAMPLE_MS) / Math.max(ms, 0.01))))
  }
  const until = performance.now() + budgetMs
  while (performance.now() < until) samples.push((timeMs(count) * 1e6) / count)
  return samples.sort((a, b) => a - b)[samples.length >> 1]
}

check()
process.stdout.write(`${measure()}\n`)
