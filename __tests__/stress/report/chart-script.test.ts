import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, parse } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { findChartScript } from '../../../src/stress/report/chart-script.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-charts-'))
  const dist = join(folder, 'other/node_modules/chart.js/dist')
  mkdirSync(dist, { recursive: true })
  writeFileSync(
    join(dist, '../package.json'),
    '{"name":"chart.js","version":"3.9.1","main":"dist/chart.cjs"}',
  )
  writeFileSync(join(dist, 'chart.cjs'), '')
  writeFileSync(join(dist, 'chart.umd.min.js'), '/*!\n * Chart.js v3.9.1\n */')
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('findChartScript', () => {
  test('reads the program without what would make a browser ask for more', () => {
    const script = findChartScript([join(folder, 'other'), __dirname])
    expect(script).toMatch(/Chart\.js v4\./)
    expect(script).not.toContain('sourceMappingURL')
  })

  test('finds nothing where it is not installed, or is of another version', () => {
    expect(findChartScript([parse(folder).root])).toBeUndefined()
    expect(findChartScript([join(folder, 'other')])).toBeUndefined()
  })
})
