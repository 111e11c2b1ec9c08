/**
 * Headgate in React beside five other libraries, in Chromium, production builds: the ten concurrent checks, a thousand
 * components at 1 000 and 10 000 writes a second, and a stream of 500 chunks. Rounds alternate; figures are medians.
 *
 *     npm ci --prefix bench/react && node bench/react/run.mjs [--rounds 3] [--ms 3000] [--only NAME]
 *
 * Prints the table of docs/ui.md.
 */
import { parseArgs } from 'node:util'
import { openPage } from './open-page.mjs'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    ms: { type: 'string', default: '3000' },
    only: { type: 'string', multiple: true },
  },
})
const [rounds, ms] = [Number(values.rounds), Number(values.ms)]
const SLOW = 1_000
const FAST = 10_000
const CHUNKS = 500

const { browser, page, problems } = await openPage('all-page.jsx', { environment: 'production' })
const tools = await page.context().newCDPSession(page)
await tools.send('Performance.enable')

const call = (method, ...args) =>
  page.evaluate(`suite.${method}(${args.map((arg) => JSON.stringify(arg)).join()})`)

/** Seconds of script that the main thread has run. */
async function scriptSeconds() {
  const { metrics } = await tools.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'ScriptDuration').value
}

async function load(name, perSecond) {
  const before = await scriptSeconds()
  const result = await call('load', name, perSecond, ms)
  const script = (await scriptSeconds()) - before
  return { ...result, script }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

const names = (await page.evaluate('suite.names')).filter(
  (name) =>
    name !== 'headgate, a policy in each component' &&
    (values.only === undefined || values.only.includes(name)),
)
const loads = Object.fromEntries(names.map((name) => [name, { [SLOW]: [], [FAST]: [] }]))
for (let round = 0; round < rounds; round += 1) {
  for (const name of names) {
    for (const perSecond of [SLOW, FAST]) {
      loads[name][perSecond].push(await load(name, perSecond))
      console.error(round, name, perSecond, JSON.stringify(loads[name][perSecond].at(-1)))
    }
  }
}

const of = (name, perSecond, figure) => median(loads[name][perSecond].map(figure))
const script = (name) => of(name, SLOW, (each) => each.script)
const base = names.includes('zustand') ? script('zustand') : script(names[0])
const rows = []
for (const name of names) {
  const checks = (await call('ten', name)).map((passed) => (passed ? 'P' : 'F')).join('')
  rows.push([
    name,
    checks,
    of(name, SLOW, (each) => (each.renders / each.writes).toFixed(2)),
    of(name, SLOW, (each) => Math.round((each.commits * 1_000) / ms)),
    (script(name) / base).toFixed(2),
    of(name, FAST, (each) => each.script.toFixed(1)),
    of(name, FAST, (each) => Math.round((each.frames * 1_000) / each.elapsedMs)),
    await call('chunks', name, CHUNKS),
    Object.values(loads[name])
      .flat()
      .every(({ converged }) => converged)
      ? 'yes'
      : 'no',
  ])
}
await browser.close()

const head = [
  '',
  'checks 1-10',
  'renders a write',
  'commits/s',
  'script',
  'script at 10 kHz, s',
  'frames/s at 10 kHz',
  '500 chunks',
  'converged',
]
console.log([head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n'))
if (problems.length > 0) {
  console.error(problems)
  process.exitCode = 1
}
