/**
 * Draws docs/images/nats-scale.svg: how busy the busiest place of a fleet is, by the number of its members, for the three
 * layouts of bench/nats-scale.mjs. Light and dark are in the picture.
 *
 *     npm run docs:pictures                         builds the library and draws all pictures
 *     node scripts/draw-nats-scale.mjs --check        changes nothing; fails where the picture is out of date
 *     node scripts/draw-nats-scale.mjs --library DIR  runs another build than dist/esm
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import {
  ASSUMED,
  ENTITIES_EACH,
  LAYOUTS,
  limitOf,
  MEMBERS,
  recordOf,
  worst,
} from '../bench/support/nats-paper.mjs'

const ROOT = join(import.meta.dirname, '..')
const PICTURE = join(ROOT, 'docs/images/nats-scale.svg')

const [WIDTH, HEIGHT] = [760, 400]
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 32, 56, 48]
/** Both axes count in powers of ten. */
const [FEWEST, MOST] = [10, 100_000]
const [LEAST, GREATEST] = [0.001, 1_000]
const POINTS = 80

const NAMES = /** @type {Record<string, [short: string, className: string]>} */ ({
  'one log, all read all': ['one log', 'one'],
  '40 logs, all of a region read it': ['40 logs', 'forty'],
  '100 logs, 2 members a region with sync behind': ['100 logs, sync behind', 'hundred'],
})

const STYLE = `
svg{--paper:#fff;--ink:#1f2328;--soft:#59636e;--grid:#e4e8ec;--one:#cf222e;--forty:#9a6700;--hundred:#0969da;background:var(--paper);font:13px system-ui,sans-serif}
@media (prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#f0f6fc;--soft:#9ea7b3;--grid:#21262d;--one:#ff7b72;--forty:#e3b341;--hundred:#58a6ff}}
text{fill:var(--soft)}.title{fill:var(--ink);font-size:15px;font-weight:600}.grid{stroke:var(--grid)}.full{stroke:var(--ink);stroke-dasharray:5 4}
.line{fill:none;stroke-width:2.2}.one{stroke:var(--one)}.forty{stroke:var(--forty)}.hundred{stroke:var(--hundred)}
circle.one{fill:var(--one)}circle.forty{fill:var(--forty)}circle.hundred{fill:var(--hundred)}text.one{fill:var(--one);stroke:none}text.forty{fill:var(--forty);stroke:none}text.hundred{fill:var(--hundred);stroke:none}
`.trim()

const x = (/** @type {number} */ members) =>
  LEFT + (Math.log10(members / FEWEST) / Math.log10(MOST / FEWEST)) * (WIDTH - LEFT - RIGHT)
const y = (/** @type {number} */ share) =>
  HEIGHT - BOTTOM - (Math.log10(share / LEAST) / Math.log10(GREATEST / LEAST)) * (HEIGHT - TOP - BOTTOM)
const at = (/** @type {number} */ value) => value.toFixed(1)
const number = (/** @type {number} */ value) => Math.round(value).toLocaleString('en').replaceAll(',', ' ')

/** @param {number} share */
const shareOf = (share) =>
  share < 1 ? `${number(share * 1_000) === '1' ? 0.1 : share * 100} %` : `${number(share)} ×`

function axes() {
  const lines = []
  for (let members = FEWEST; members <= MOST; members *= 10) {
    lines.push(`<path class="grid" d="M${at(x(members))} ${TOP}V${HEIGHT - BOTTOM}"/>`)
    lines.push(
      `<text x="${at(x(members))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${number(members)}</text>`,
    )
  }
  for (const share of [0.001, 0.01, 0.1, 1, 10, 100, 1_000]) {
    lines.push(`<path class="grid" d="M${LEFT} ${at(y(share))}H${WIDTH - RIGHT}"/>`)
    lines.push(`<text x="${LEFT - 8}" y="${at(y(share) + 4)}" text-anchor="end">${shareOf(share)}</text>`)
  }
  const full = at(y(ASSUMED.utilisation))
  lines.push(`<path class="full" d="M${LEFT} ${full}H${WIDTH - RIGHT}"/>`)
  lines.push(
    `<text x="${LEFT + 6}" y="${at(y(ASSUMED.utilisation) + 17)}">from ${ASSUMED.utilisation * 100} % on, queues are long</text>`,
  )
  lines.push(
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">members, each with ${ENTITIES_EACH} entities that all move once a second</text>`,
  )
  return lines
}

/** @param {string} name @param {(members: number) => any} layoutOf @param {number} bytes */
function lineOf(name, layoutOf, bytes) {
  const [short, kind] = /** @type {[string, string]} */ (NAMES[name])
  const points = Array.from({ length: POINTS + 1 }, (_, n) => FEWEST * (MOST / FEWEST) ** (n / POINTS))
    .map((members) => /** @type {const} */ ([members, worst(layoutOf(members), bytes)[1]]))
    .filter(([, share]) => share >= LEAST && share <= GREATEST)
  const { members, place } = limitOf(layoutOf, bytes)
  const path = points
    .map(([count, share], n) => `${n === 0 ? 'M' : 'L'}${at(x(count))} ${at(y(share))}`)
    .join('')
  // Where no line is: above on the left, or below as far right as it goes.
  const dot = y(ASSUMED.utilisation)
  const [right, rows] =
    x(members) > WIDTH * 0.8 ? [WIDTH - RIGHT, [36, 52, 66]] : [x(members) - 9, [-44, -28, -13]]
  const label = (/** @type {number} */ row, /** @type {string} */ text, size = 13) =>
    `<text class="${kind}" x="${at(right)}" y="${at(dot + (rows[row] ?? 0))}" text-anchor="end" font-size="${size}">${text}</text>`
  return [
    `<path class="line ${kind}" d="${path}"/>`,
    `<circle class="${kind}" cx="${at(x(members))}" cy="${at(dot)}" r="4.5"/>`,
    label(0, number(members)),
    label(1, short),
    label(2, place.replace('the ', ''), 11),
  ]
}

/** @param {number} bytes */
function draw(bytes) {
  const limits = Object.entries(LAYOUTS).map(
    ([name, layoutOf]) => `${name}: ${number(limitOf(layoutOf, bytes).members)}`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title desc">`,
    '<title id="title">How busy the busiest place of a fleet is</title>',
    `<desc id="desc">The load of the busiest place, by the number of members, on paper. Members that each layout carries: ${limits.join('; ')}.</desc>`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="${LEFT}" y="24">What the busiest place has to do, as a share of what it can</text>`,
    `<text x="${LEFT}" y="42">a dot: as many members as the layout carries, and what breaks first; ${number(MEMBERS)} is the aim</text>`,
    ...axes(),
    ...Object.entries(LAYOUTS).flatMap(([name, layoutOf]) => lineOf(name, layoutOf, bytes)),
    '</svg>',
    '',
  ].join('\n')
}

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, library: { type: 'string', default: 'dist/esm' } },
})
const load = (/** @type {string} */ file) => import(pathToFileURL(resolve(ROOT, values.library, file)).href)
const { text } = recordOf({ ...(await load('index.js')), ...(await load('delta/index.js')) }, ENTITIES_EACH)
const drawn = draw(text.length)
if (!values.check) writeFileSync(PICTURE, drawn)
else if (!existsSync(PICTURE) || readFileSync(PICTURE, 'utf8') !== drawn) {
  console.error(
    'Out of date: docs/images/nats-scale.svg. Run "npm run docs:pictures" and look at what has changed.',
  )
  process.exitCode = 1
}
