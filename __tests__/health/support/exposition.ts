/**
 * A strict reader of Prometheus's text format 0.0.4.
 *
 * Refuses what Prometheus refuses, and what it only tolerates: a sample outside its family, a family twice or
 * without HELP and TYPE, a series twice, a line that does not end.
 */

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly type: string
  readonly help: string
}

export interface Exposition {
  readonly families: ReadonlyMap<string, Family>
  readonly samples: readonly Sample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`)
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y
const NUMBER = /^(?:NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/

export function parseExposition(text: string): Exposition {
  if (text === '') return { families: new Map(), samples: [] }
  if (!text.endsWith('\n')) throw new Error('The last line does not end.')
  const families = new Map<string, Family>()
  const samples: Sample[] = []
  const series = new Set<string>()
  let help: { readonly name: string; readonly text: string } | undefined
  let current = ''

  for (const line of text.slice(0, -1).split('\n')) {
    const [, helped, words] = HELP.exec(line) ?? []
    const [, typed, type] = TYPE.exec(line) ?? []
    if (helped !== undefined && words !== undefined) {
      help = { name: helped, text: words }
    } else if (typed !== undefined && type !== undefined) {
      if (families.has(typed)) throw new Error(`Family ${typed} is there twice.`)
      if (help?.name !== typed) throw new Error(`Family ${typed} has no HELP before its TYPE.`)
      families.set(typed, { type, help: help.text })
      current = typed
    } else {
      const sample = parseSample(line)
      if (sample.name !== current) throw new Error(`Sample outside its family: ${line}`)
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
      if (series.has(key)) throw new Error(`Series twice: ${line}`)
      series.add(key)
      samples.push(sample)
    }
  }
  for (const name of families.keys()) {
    if (!samples.some((sample) => sample.name === name)) throw new Error(`Family ${name} is empty.`)
  }
  return { families, samples }
}

function parseSample(line: string): Sample {
  const [, name, labels = '', number] = SAMPLE.exec(line) ?? []
  if (name === undefined || number === undefined) throw new Error(`Neither comment nor sample: ${line}`)
  if (!NUMBER.test(number)) throw new Error(`Not a number: ${line}`)
  const value = number.endsWith('Inf') ? Number(number.replace('Inf', 'Infinity')) : Number(number)
  return { name, labels: parseLabels(labels, line), value }
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  let end = 0
  while (end < text.length) {
    const [whole, label, value] = LABEL.exec(text) ?? []
    if (whole === undefined || label === undefined || value === undefined)
      throw new Error(`Bad labels: ${line}`)
    if (label in labels) throw new Error(`Label twice: ${line}`)
    labels[label] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    end = LABEL.lastIndex
  }
  return labels
}
