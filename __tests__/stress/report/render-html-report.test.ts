import { describe, expect, test } from '@jest/globals'
import { renderHtmlReport } from '../../../src/stress/report/render-html-report.ts'
import type { StressReport } from '../../../src/stress/stress-report.ts'
import {
  failedResult,
  sampleCheck,
  sampleReport,
  sampleResult,
  sampleThreshold,
  skippedResult,
} from './support/sample-report.ts'

/** Stands for the program of chart.js. */
const CHARTS = 'globalThis.Chart = undefined'
const EVIL = `</script><script>alert(1)</script><img src=x onerror="alert('2')">&`

const render = (report: StressReport, baseline?: StressReport): string =>
  renderHtmlReport(report, { chartScript: CHARTS, baseline })

/** The data of the charts, as the page's script reads it. */
const chartData = (page: string): unknown[] =>
  JSON.parse(page.match(/<script type="application\/json" id="charts">(.*?)<\/script>/)?.[1] ?? 'null')

/** What is read of a page: its text without tags, styles and scripts. */
const words = (page: string): string =>
  page
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\s\u00a0]+/g, ' ')

describe('renderHtmlReport', () => {
  test('names every scenario, check and threshold, with its limit and its value', () => {
    const text = words(render(sampleReport([sampleResult(), failedResult()])))
    for (const said of [
      'sustained-writes',
      'slow-writes',
      'versions rise strictly',
      'nothing is lost 3 of 100 states never came',
      'write-rate Writes a second over the whole scenario. at least 5 000 writes/s 50 000 writes/s ✓ met',
      'write-rate Writes a second over the whole scenario. at least 5 000 writes/s 1 234 writes/s ✗ missed',
    ]) {
      expect(text).toContain(said)
    }
  })

  test.each([
    [[sampleResult()], 'The scenario passed'],
    [[sampleResult(), sampleResult({ name: 'another' })], 'All 2 scenarios passed'],
    [[sampleResult(), failedResult()], '1 of 2 scenarios did not pass'],
    [[sampleResult(), skippedResult()], '1 scenario passed, 1 was skipped'],
    [[failedResult(), skippedResult()], '1 of 2 scenarios did not pass, 1 was skipped'],
    [[skippedResult()], 'The scenario was skipped'],
    [[], 'No scenario was run'],
  ])('begins with the verdict', (results, verdict) => {
    expect(render(sampleReport(results))).toContain(`<h1>${verdict}</h1>`)
  })

  test('says why a scenario was skipped, and lists it not with what was missed', () => {
    const page = render(sampleReport([sampleResult(), skippedResult()]))
    expect(words(page)).toContain('many-machines – skipped machines')
    expect(page).toContain('<p class="message">nats-server is not installed</p>')
    expect(page).not.toContain('What did not pass')
  })

  test('does not call a run that was stopped passed', () => {
    expect(render(sampleReport([sampleResult()], { passed: false }))).toContain(
      '<h1>The run did not pass</h1>',
    )
  })

  test('tells the machine, the versions and the seed', () => {
    const text = words(render(sampleReport()))
    for (const said of ['Node 20.20.2', 'Headgate 0.1.0', 'A processor', 'linux x64', 'Seed 42', '8 GB']) {
      expect(text).toContain(said)
    }
  })

  test('escapes whatever a scenario, a store or the machine says', () => {
    const result = failedResult({
      name: EVIL,
      group: EVIL,
      goal: EVIL,
      method: EVIL,
      message: EVIL,
      checks: [sampleCheck({ fact: EVIL, detail: EVIL, outcome: 'failed' })],
      thresholds: [sampleThreshold({ name: EVIL, about: EVIL, unit: EVIL, passed: false })],
      counts: { [EVIL]: 5 },
      latencies: sampleResult().latencies.map((latency) => ({ ...latency, kind: EVIL })),
      ledgers: sampleResult().ledgers.map((ledger) => ({ ...ledger, id: EVIL })),
    })
    const part = { store: EVIL, profile: EVIL, startedAt: EVIL }
    const report = sampleReport([result], part)
    const environment = { ...report.environment, cpu: EVIL, node: EVIL, headgate: EVIL, platform: EVIL }
    const page = render({ ...report, environment }, sampleReport([result], { seed: 1 }))
    expect(page).not.toContain('<img')
    expect(page).not.toContain('<script>alert')
    expect(page.match(/<script/g)).toHaveLength(3)
    expect(page.match(/<\/script/g)).toHaveLength(3)
    expect(JSON.stringify(chartData(page))).toContain('onerror')
  })

  test('fetches nothing', () => {
    const page = renderHtmlReport(sampleReport(), {})
    expect(page).toMatch(/Chart\.js v4\./)
    const outside = page.replace(/<script>[\s\S]*?<\/script>/g, '')
    expect(outside).not.toMatch(/https?:\/\//)
    expect(outside).not.toMatch(/\bsrc=|<link|@import|url\(/)
    expect([...outside.matchAll(/href="([^"]*)"/g)].every(([, target]) => target?.startsWith('#'))).toBe(true)
    expect(page).toContain(`Content-Security-Policy" content="default-src &#39;none&#39;;`)
  })

  test('draws throughput, latency, heap and subscribers, each with an alternative in words', () => {
    const page = render(sampleReport())
    expect(chartData(page)).toMatchObject([
      { kind: 'rates' },
      { kind: 'latency' },
      { kind: 'heap' },
      { kind: 'ledgers' },
    ])
    const alternatives = [...page.matchAll(/<canvas [^>]*role="img" aria-label="([^"]+)"/g)].map(
      ([, text]) => text,
    )
    expect(alternatives).toHaveLength(4)
  })

  test('reads without chart.js, and says how to get it', () => {
    const page = renderHtmlReport(sampleReport(), { chartScript: null })
    expect(words(page)).toContain(
      'This report has no charts. Install chart.js 4 beside headgate (npm install chart.js) to get charts.',
    )
    expect(page).not.toContain('<canvas')
    expect(words(page)).toContain('slow 100 30 50 19 1')
  })

  test('tells the differences to a baseline as exact ratios, in words and signs', () => {
    const before = sampleReport([sampleResult({ counts: { write: 50_000 }, heap: [[0, 32_000_000]] })], {
      seed: 7,
    })
    const text = words(render(sampleReport(), before))
    for (const said of [
      'throughput, write 25 000 50 000 ▲ 2.00× better',
      'heap, peak 32 MB 16 MB ▲ 0.50× better',
      'latency, write p50 8 µs 8 µs = 1.00× same',
      'Another seed: 42, before 7.',
      'Of 4 figures, 2 are better, 0 worse and 2 the same',
    ]) {
      expect(text).toContain(said)
    }
  })

  test('gives every table a caption and titles for its columns and rows', () => {
    const page = render(sampleReport([sampleResult(), failedResult()]), sampleReport())
    const tables = page.match(/<table>[\s\S]*?<\/table>/g) ?? []
    expect(tables.length).toBeGreaterThan(4)
    for (const table of tables) {
      expect(table).toContain('<caption')
      expect(table).toContain('<th scope="col"')
      expect(table).toContain('<th scope="row"')
    }
  })

  test('leads from each row of the results to its scenario', () => {
    const page = render(sampleReport([sampleResult(), failedResult()]))
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target)
    expect(targets.length).toBeGreaterThan(2)
    expect(targets.filter((target) => !ids.has(target))).toEqual([])
  })
})
