/**
 * Draws what every policy does with the same input, from runs of the library itself, for docs/backpressure.md.
 *
 *     npm run docs:pictures              builds the library and draws docs/images/policies
 *     node scripts/draw-policies.mjs --check        changes nothing; fails where a picture is out of date
 *     node scripts/draw-policies.mjs --library DIR  runs another build than dist/esm
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { drawPicture } from './draw-policies/picture.mjs'
import { runPolicy } from './draw-policies/run-policy.mjs'

const ROOT = join(import.meta.dirname, '..')
const PICTURES = join(ROOT, 'docs/images/policies')

/**
 * The pictures: the file's name, what is written above it, and the policy.
 *
 * @param {import('./draw-policies/run-policy.mjs').Library} library
 * @returns {[string, string, import('./draw-policies/run-policy.mjs').Policy][]}
 */
const pictures = ({
  audit,
  batch,
  buffer,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  sample,
  switchLatest,
  throttle,
}) => [
  ['direct', 'direct()', direct()],
  ['latest', 'latest()', latest()],
  ['latest-microtask', "latest({ dispatch: 'microtask' })", latest({ dispatch: 'microtask' })],
  .../** @type {const} */ (['drop-oldest', 'drop-incoming', 'error', 'suspend']).map(
    (overflow) =>
      /** @type {[string, string, import('./draw-policies/run-policy.mjs').Policy]} */ ([
        `buffer-${overflow}`,
        `buffer({ capacity: 2, overflow: '${overflow}' })`,
        buffer({ capacity: 2, overflow }),
      ]),
  ),
  ['exhaust', 'exhaust()', exhaust()],
  ['switch-latest', 'switchLatest()', switchLatest()],
  ['throttle', 'throttle({ ms: 50 })', throttle({ ms: 50 })],
  ['throttle-leading', 'throttle({ ms: 50, trailing: false })', throttle({ ms: 50, trailing: false })],
  ['throttle-trailing', 'throttle({ ms: 50, leading: false })', throttle({ ms: 50, leading: false })],
  ['debounce', 'debounce({ ms: 30 })', debounce({ ms: 30 })],
  ['audit', 'audit({ ms: 50 })', audit({ ms: 50 })],
  ['sample', 'sample({ ms: 50 })', sample({ ms: 50 })],
  ['batch', 'batch({ ms: 50 })', batch({ ms: 50 })],
  ['batch-size', 'batch({ maxSize: 5 })', batch({ maxSize: 5 })],
  ['batch-fixed', "batch({ ms: 50, window: 'fixed' })", batch({ ms: 50, window: 'fixed' })],
  ['frame', 'frame()', frame()],
]

/** @param {string} file */
const read = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, library: { type: 'string', default: 'dist/esm' } },
})
const load = (/** @type {string} */ file) => import(pathToFileURL(resolve(ROOT, values.library, file)).href)
const library = { ...(await load('index.js')), ...(await load('backpressure/index.js')) }

mkdirSync(PICTURES, { recursive: true })
/** @type {string[]} */
const outdated = []
/** @type {string[]} */
const names = []
for (const [name, title, policy] of pictures(library)) {
  const file = `${name}.svg`
  names.push(file)
  const drawn = drawPicture(title, await runPolicy(library, policy))
  if (read(join(PICTURES, file)) === drawn) continue
  outdated.push(file)
  if (!values.check) writeFileSync(join(PICTURES, file), drawn)
}
const strangers = readdirSync(PICTURES).filter((file) => !names.includes(file))

if (values.check && outdated.length + strangers.length > 0) {
  console.error(`Out of date in docs/images/policies: ${[...outdated, ...strangers].join(', ')}.`)
  console.error('Run "npm run docs:pictures" and look at what has changed.')
  process.exitCode = 1
} else if (!values.check) {
  console.log(`Drew ${outdated.length} of ${names.length} pictures; the others were current.`)
}
