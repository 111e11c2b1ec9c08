/**
 * What an application's bundle grows by: each row of size/rows.json, minified and gzipped by esbuild, without the
 * packages it imports. A row that stands beside another one is what it adds to that.
 *
 *     npm run size               the table
 *     npm run size -- --readme   writes it into docs/size.md, and its chief rows into README.md
 *     npm run size -- --files    what each source file adds to `createStore`; --row NAME takes another row
 *     npm run size -- --json     the rows as data
 *
 * __tests__/package/size.system.test.ts fails where a row is above its `limit`. A `goal` is a limit that is not reached.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { weigh, weighParts } from './size/bundle.mjs'
import { writeSection } from './write-section.mjs'

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {readonly string[]} exports - what is imported
 * @property {string} [from] - by which name of the package; `headgate` where there is none
 * @property {string} [beside] - the row to which this one adds
 * @property {number} limit - the most that it may weigh, in kB gzipped
 * @property {number} [goal] - what it should weigh
 * @property {readonly string[]} packages - the only packages that its bundle imports
 */

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} files - which files are its own, as a pattern: the most particular one has them
 * @property {string} loss - what there would not be without it
 */

/** @typedef {Row & { gzipped: number, minified: number, imported: string[] }} Weighed */

const ROWS = join(import.meta.dirname, 'size/rows.json')

/** @type {readonly Row[]} */
const rows = JSON.parse(readFileSync(ROWS, 'utf8'))

/** @type {readonly Part[]} */
const PARTS = JSON.parse(readFileSync(join(import.meta.dirname, 'size/parts.json'), 'utf8'))

/** @param {string} file */
function partOf(file) {
  const [longest] = PARTS.map(({ name, files }) => ({
    name,
    length: file.match(new RegExp(`^${files}`))?.[0].length ?? 0,
  }))
    .filter(({ length }) => length > 0)
    .sort((one, other) => other.length - one.length)
  if (longest === undefined) throw new Error(`${file} is in no part of scripts/size/parts.json.`)
  return longest.name
}

const { values } = parseArgs({
  options: {
    readme: { type: 'boolean', default: false },
    files: { type: 'boolean', default: false },
    row: { type: 'string', default: 'createStore' },
    json: { type: 'boolean', default: false },
  },
})

/** @param {string} name */
function rowOf(name) {
  const row = rows.find((each) => each.name === name)
  if (row === undefined) throw new Error(`There is no row '${name}' in scripts/size/rows.json.`)
  return row
}

/**
 * Everything that a bundle with this row imports.
 *
 * @param {Row} row
 * @returns {import('./size/bundle.mjs').Import[]}
 */
const importsOf = ({ from = 'headgate', exports: names, beside }) => [
  ...(beside === undefined ? [] : importsOf(rowOf(beside))),
  { from, names },
]

/** What was bundled: most rows stand beside the same one. @type {Map<Row, ReturnType<typeof weigh>>} */
const bundles = new Map()

/** @param {Row} row */
function weighOnce(row) {
  const bundle = bundles.get(row) ?? weigh(importsOf(row))
  bundles.set(row, bundle)
  return bundle
}

/** @param {Row} row @returns {Promise<Weighed>} */
async function weighed(row) {
  const own = await weighOnce(row)
  const base = row.beside === undefined ? undefined : await weighOnce(rowOf(row.beside))
  return {
    ...row,
    gzipped: own.gzipped - (base?.gzipped ?? 0),
    minified: own.minified - (base?.minified ?? 0),
    imported: own.packages,
  }
}

/** @param {number} bytes */
const kB = (bytes) => (bytes / 1_000).toFixed(bytes < 1_000 ? 2 : 1)

/** @param {Weighed} row */
const cellsOf = ({ exports: names, from, beside, gzipped, minified, imported }) => [
  `${beside === undefined ? '' : '+ '}${names.map((name) => `\`${name}\``).join(', ')}${from === undefined ? '' : ` of \`${from}\``}`,
  kB(gzipped),
  kB(minified),
  beside === undefined ? imported.map((name) => `\`${name}\``).join(', ') : '',
]

/** The rows that the README shows. */
const CHIEF = new Set([
  'createStore',
  'buffer',
  'createMachineStore, defineMachine',
  'derive',
  'collection',
  'useStore',
  'openJournal, levelEngine',
  'mirror',
  'backpressure, latest',
])

/** @param {readonly Weighed[]} table */
const markdown = (table) => [
  'kB of 1 000 bytes, bundled by esbuild for production, without the packages in the last column. `+` is what an import adds to `createStore`.',
  '',
  '| import | gzipped | minified | imports |',
  '|---|---:|---:|---|',
  ...table.map((row) => `| ${cellsOf(row).join(' | ')} |`),
]

/** @param {readonly Weighed[]} table */
const text = (table) =>
  table.map(({ name, beside, gzipped, minified, limit, goal }) =>
    [
      `${beside === undefined ? '' : '+ '}${name}`.padEnd(44),
      kB(gzipped).padStart(6),
      `${kB(minified).padStart(6)} minified`,
      `limit ${limit}`.padEnd(11),
      goal === undefined ? '' : `goal ${goal}`,
      gzipped > limit * 1_000 ? 'ABOVE ITS LIMIT' : '',
    ]
      .join('  ')
      .trimEnd(),
  )

async function showFiles() {
  console.log('gzipped  minified')
  for (const { name, minified, gzipped } of await weighParts(importsOf(rowOf(values.row)))) {
    console.log(`${kB(gzipped).padStart(7)}  ${kB(minified).padStart(8)}  ${name}`)
  }
}

/**
 * What the rows that miss their goals are made of, and what would be lost without each part.
 *
 * @returns {Promise<string[]>}
 */
async function partsTable() {
  const rows = ['createStore', 'createMachineStore, defineMachine', 'transition, initialState, defineMachine']
  const weights = await Promise.all(
    rows.map(async (row) => {
      const parts = await weighParts(importsOf(rowOf(row)), partOf)
      return new Map(parts.map(({ name, gzipped }) => [name, kB(gzipped)]))
    }),
  )
  return [
    'kB gzipped that a bundle would lose without a part. The columns add up to less than the whole: parts have words in common.',
    '',
    '| part | `createStore` | with a machine | `transition` alone | what would be lost |',
    '|---|---:|---:|---:|---|',
    ...PARTS.map(
      ({ name, loss }) =>
        `| ${[name, ...weights.map((weight) => weight.get(name) ?? ''), loss].join(' | ')} |`,
    ),
  ]
}

async function showRows() {
  const table = await Promise.all(rows.map(weighed))
  if (values.json) console.log(JSON.stringify(table))
  else console.log(text(table).join('\n'))
  if (values.readme) {
    writeSection('docs/size.md', 'size', markdown(table))
    writeSection('docs/size.md', 'parts', await partsTable())
    writeSection('README.md', 'size', markdown(table.filter(({ name }) => CHIEF.has(name))))
  }
  if (table.some(({ gzipped, limit }) => gzipped > limit * 1_000)) process.exitCode = 1
}

await (values.files ? showFiles() : showRows())
