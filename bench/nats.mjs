/**
 * A store on many machines over one nats-server on loopback: what updates cost beside bare publishes with an expectation,
 * in one run, round about; how fair four writers are; how far behind a reader is. `npm run bench:nats`, which goes on
 * with what kills do (nats-faults.mjs).
 */
import { jetstreamManager } from '@nats-io/jetstream'
import { headers } from '@nats-io/nats-core'
import { Fleet, median, percentile, round } from './support/nats-fleet.mjs'

const ROUNDS = 7
const WRITES = 500
const WARM = 1_500
const AT_ONCE = 64
const WRITERS = 4
const FAIR_WRITES = 100
const FAIR_ROUNDS = 5
const PACED = 1_000

const increment = (draft) => {
  draft.n += 1
}

const fleet = await Fleet.start()

/** Publishes records of the size of ours, each with an id and the expectation that nothing else came. */
async function bare() {
  const own = await fleet.connection()
  const manager = await jetstreamManager(own, { checkAPI: false })
  await manager.streams.add({ name: 'BARE', subjects: ['bare'] })
  const payload = 'x'.repeat(290)
  let sequence = 0
  return async () => {
    const head = headers()
    head.set('Nats-Msg-Id', `bare-${sequence + 1}`)
    if (sequence > 0) head.set('Nats-Expected-Last-Subject-Sequence', String(sequence))
    sequence += 1
    const reply = await own.request('bare', payload, { headers: head, timeout: 5_000 })
    if (reply.json().seq === undefined) throw new Error(reply.string())
  }
}

/** Writes a second, with so many under way at once. */
async function rate(write, count, atOnce) {
  const began = performance.now()
  let left = count
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (; left > 0; left -= 1) await write()
    }),
  )
  return (count * 1_000) / (performance.now() - began)
}

async function costs() {
  const { member } = await fleet.join('ONE', { n: 0 })
  const update = () => member.update(increment)
  const publish = await bare()
  for (const [atOnce, label] of [
    [1, 'one update after the other'],
    [AT_ONCE, `${AT_ONCE} updates at once`],
  ]) {
    for (const write of [publish, update]) await rate(write, WARM, atOnce)
    const rates = { bare: [], update: [] }
    for (let n = 0; n < ROUNDS; n += 1) {
      rates.bare.push(await rate(publish, WRITES * (atOnce > 1 ? 4 : 1), atOnce))
      rates.update.push(await rate(update, WRITES * (atOnce > 1 ? 4 : 1), atOnce))
    }
    const ratios = rates.update.map((one, n) => one / rates.bare[n])
    console.log(
      `${label}: ${round(median(rates.update))}/s, bare publishes ${round(median(rates.bare))}/s, ratio ${round(median(ratios), 2)}, from ${round(Math.min(...ratios), 2)} to ${round(Math.max(...ratios), 2)} (target 0.7)`,
    )
  }
}

/** Four members that never pause; each waits for its own. */
async function fairness() {
  const figures = { voids: [], times: [], medians: [], longest: [], losses: [], passed: [], silences: [] }
  for (let n = 0; n < FAIR_ROUNDS; n += 1) {
    const stream = `FOUR${n}`
    const writers = await Promise.all(Array.from({ length: WRITERS }, () => fleet.join(stream, { n: 0 })))
    const [waits, passed] = [[], []]
    let most = 0
    let [newest, silence] = [performance.now(), 0]
    writers[0].store.subscribe(() => {
      const now = performance.now()
      silence = Math.max(silence, now - newest)
      newest = now
    })
    await Promise.all(
      writers.map(async ({ store, member }) => {
        for (let m = 0; m < FAIR_WRITES; m += 1) {
          const began = performance.now()
          const { conflicts } = member.stats()
          const from = store.published.version
          const { version } = await member.update(increment, { retries: 10_000 })
          passed.push(version - from)
          waits.push(performance.now() - began)
          most = Math.max(most, member.stats().conflicts - conflicts)
        }
      }),
    )
    const [{ store, member }] = writers
    await store.waitFor(({ n: count }) => count === WRITERS * FAIR_WRITES)
    const { counting, void: voids } = member.stats()
    figures.voids.push(voids / counting)
    figures.medians.push(median(waits))
    figures.longest.push(Math.max(...waits))
    figures.times.push(Math.max(...waits) / median(waits))
    figures.losses.push(most)
    figures.passed.push(Math.max(...passed) / median(passed))
    figures.silences.push(silence)
  }
  const { voids, times, medians, longest, losses, passed, silences } = figures
  console.log(
    `four writers (N4, N5), ${FAIR_ROUNDS} runs of ${WRITERS * FAIR_WRITES}: void records ${round(median(voids), 3)} of counting ones (target 0.2); wait median ${round(median(medians), 1)} ms, longest ${round(median(longest), 1)} ms: ${round(median(times), 1)} times, from ${round(Math.min(...times), 1)} to ${round(Math.max(...times), 1)} (target 5); in versions that came meanwhile ${round(median(passed), 1)} times, from ${round(Math.min(...passed), 1)} to ${round(Math.max(...passed), 1)}; rounds lost for one update ${Math.max(...losses)} at most; longest time without a record of anybody ${round(median(silences), 1)} ms`,
  )
}

async function lag() {
  const [reader, sender] = [await fleet.join('LAG', { at: 0 }), await fleet.join('LAG', { at: 0 })]
  const lags = []
  reader.store.subscribe(({ state }) => {
    if (state.at > 0) lags.push(performance.timeOrigin + performance.now() - state.at)
  })
  const began = performance.now()
  for (let n = 0; n < PACED; n += 1) {
    while (performance.now() - began < n) await new Promise((resolve) => setImmediate(resolve))
    await sender.member.update((draft) => {
      draft.at = performance.timeOrigin + performance.now()
    })
  }
  const reached = (PACED * 1_000) / (performance.now() - began)
  await reader.store.waitFor((_, { version }) => version >= sender.store.published.version)
  console.log(
    `a reader at ${round(reached)} writes/s: lag median ${round(percentile(lags, 0.5), 1)} ms, 99 % ${round(percentile(lags, 0.99), 1)} ms (target 50)`,
  )
}

await costs()
await fairness()
await lag()
await fleet.close()
