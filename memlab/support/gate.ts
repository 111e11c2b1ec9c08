/**
 * The gate: runs every scenario file in heap snapshots and in growth, then the pages in a browser; each clean,
 * and as the twin that leaks on purpose. It fails on a leak, and on a twin that was not found.
 *
 *   --only NAME   one scenario file, `browser`, or one of its pages
 *   --list        what there is, and what each file claims
 *   --json FILE   the report, for machines
 *   --twin        runs the twins in the place of the clean scenarios: the gate must then fail
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { BROWSER_PAGES, type BrowserPage, findBrowser, findBrowserLeaks } from './find-browser-leaks.ts'
import { findLeaks, type LeakReport } from './find-leaks.ts'
import { loadScenarios, scenarioNames } from './load-scenarios.ts'
import { measureGrowth } from './measure-growth.ts'
import { judge, type Row } from './row.ts'

type Task = () => Promise<Row>

/** Two processes at a time: each takes a core and some hundred megabytes. */
const AT_A_TIME = 2

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    list: { type: 'boolean' },
    json: { type: 'string' },
    twin: { type: 'boolean' },
  },
})
const cleanKind = options.twin === true ? 'leak' : 'clean'

const traces = (report: LeakReport): string[] =>
  [...report.byClaim].map(([claim, { objects, trace }]) => `${claim}: ${objects} left\n${trace.join('\n')}`)

function compare(
  names: readonly string[],
  clean: LeakReport,
  twin: LeakReport | undefined,
): Pick<Row, 'leaked' | 'twin' | 'failures' | 'twinTraces'> {
  const missed = twin === undefined ? [] : names.filter((name) => !twin.byClaim.has(name))
  const found = twin === undefined ? '-' : `${names.length - missed.length} of ${names.length}`
  return {
    leaked: clean.leaked,
    twin: found,
    failures: [
      ...(clean.leaked > 0 ? traces(clean) : []),
      ...missed.map((name) => `${name}: its twin was not found`),
    ],
    twinTraces: twin === undefined ? [] : traces(twin),
  }
}

const namesOf = (scenario: string): string[] => loadScenarios(scenario).claims.map(({ name }) => name)

const heap = (scenario: string): Promise<Row> =>
  judge(scenario, 'heap', async () => {
    const clean = await findLeaks(scenario, { kind: cleanKind, most: options.twin === true ? 20 : 0 })
    const twin = await findLeaks(scenario, { kind: 'leak', most: 20 })
    const names = namesOf(scenario)
    return { claims: names.length, ...compare(names, clean, twin) }
  })

const development = (scenario: string): Promise<Row> =>
  judge(scenario, 'development', async () => {
    const clean = await findLeaks(scenario, { kind: cleanKind, most: 100, environment: 'development' })
    const names = namesOf(scenario)
    return { claims: names.length, ...compare(names, clean, undefined) }
  })

const growth = (scenario: string): Promise<Row> =>
  judge(scenario, 'growth', async () => {
    const [clean, twin] = [await measureGrowth(scenario, cleanKind), await measureGrowth(scenario, 'leak')]
    const leaking = clean.filter(({ verdict }) => verdict !== 'flat')
    const missed = twin.filter(({ verdict }) => verdict === 'flat')
    return {
      claims: clean.length,
      leaked: leaking.length,
      twin: `${twin.length - missed.length} of ${twin.length}`,
      failures: [
        ...leaking.map(({ claim, verdict, fit }) => {
          const [slope, lower, upper] = [fit.slope, fit.lower, fit.upper].map((bytes) => bytes.toFixed(1))
          return `${claim}: ${verdict}, ${slope} bytes for each operation, 99 % of [${lower}, ${upper}]`
        }),
        ...missed.map(({ claim }) => `${claim}: its twin grows unnoticed`),
      ],
      twinTraces: [],
    }
  })

const browser = (binary: string, page: BrowserPage): Promise<Row> =>
  judge(page, 'browser', async () => {
    let clean = await findBrowserLeaks(binary, page, cleanKind)
    // A leak is there every time; an object of the platform that happens to come with the first use of something is not.
    if (clean.leaked > 0) clean = await findBrowserLeaks(binary, page, cleanKind)
    const twin = await findBrowserLeaks(binary, page, 'leak')
    // Nothing in a page tells which claim an object belongs to: all of it is the page's.
    return { claims: 1, ...compare([BROWSER_PAGES[page]], clean, twin) }
  })

function tasks(): Task[] {
  const wanted = (name: string): boolean => options.only === undefined || options.only === name
  const names = scenarioNames().filter(wanted)
  const growing = names.filter((name) => {
    const { noGrowth } = loadScenarios(name)
    if (noGrowth !== undefined) console.log(`The growth of ${name} is not measured: ${noGrowth}.`)
    return noGrowth === undefined
  })
  const parts = [
    ...names.flatMap((name) => [() => heap(name), () => development(name)]),
    ...growing.map((name) => () => growth(name)),
  ]
  // The cast holds: these are its keys.
  const pages = (Object.keys(BROWSER_PAGES) as BrowserPage[]).filter(
    (page) => wanted('browser') || wanted(page),
  )
  if (pages.length === 0) return parts
  const binary = findBrowser()
  if (binary !== undefined) return [...pages.map((page) => () => browser(binary, page)), ...parts]
  console.log('No browser is installed: the pages are not checked. Debian has it in the package "chromium".')
  return parts
}

async function runAll(waiting: Task[]): Promise<Row[]> {
  const rows: Row[] = []
  const total = waiting.length
  const work = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      const row = await task()
      rows.push(row)
      const verdict = row.failures.length === 0 ? 'ok' : 'FAILED'
      console.log(
        `[${rows.length}/${total}] ${row.scenario}, ${row.part}: ${verdict}, ${row.seconds.toFixed(1)} s`,
      )
      for (const failure of row.failures) console.log(failure)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  return rows.sort((a, b) => a.part.localeCompare(b.part) || a.scenario.localeCompare(b.scenario))
}

function report(rows: readonly Row[]): void {
  console.log(`\n${'scenario'.padEnd(20)}${'part'.padEnd(13)}claims  leaked  twins found  seconds`)
  for (const { scenario, part, claims, leaked, twin, seconds } of rows) {
    const figures = `${String(claims).padStart(6)}${String(leaked).padStart(8)}${twin.padStart(13)}`
    console.log(`${scenario.padEnd(20)}${part.padEnd(13)}${figures}${seconds.toFixed(1).padStart(9)}`)
  }
  if (options.only !== undefined) {
    for (const { twinTraces } of rows) for (const trace of twinTraces) console.log(`\ntwin of ${trace}`)
  }
}

async function main(): Promise<void> {
  if (options.list === true) {
    for (const name of scenarioNames()) console.log(`${name.padEnd(20)}${loadScenarios(name).claim}`)
    for (const [page, what] of Object.entries(BROWSER_PAGES)) {
      console.log(
        `${page.padEnd(20)}What was ${what} leaves nothing there when it is unmounted; in a browser.`,
      )
    }
    return
  }
  if (
    options.only !== undefined &&
    ![...scenarioNames(), 'browser', ...Object.keys(BROWSER_PAGES)].includes(options.only)
  ) {
    throw new Error(`Expected --only to name a scenario of --list, got ${options.only}.`)
  }
  const waiting = tasks()
  if (waiting.length === 0) {
    // Only the page was asked for, and there is no browser: nothing was checked.
    process.exitCode = 1
    return
  }
  const rows = await runAll(waiting)
  report(rows)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`)
  const failed = rows.filter(({ failures }) => failures.length > 0).length
  console.log(
    failed === 0 ? '\nNothing leaks, and every twin was found.' : `\n${failed} of ${rows.length} failed.`,
  )
  process.exitCode = failed === 0 ? 0 : 1
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
