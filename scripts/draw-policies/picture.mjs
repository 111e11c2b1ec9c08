/**
 * Draws a run as a picture: time from left to right, one row each for what was written, what the policy
 * waited for, what was delivered, missed, conflated and dropped. The counter of a row is its label.
 *
 *   writes      dots; written at once, they are stacked
 *   waits       brackets, with a tick where the timer fired or the frame came
 *   delivered   bars as long as the handler ran; one that was aborted is dashed; a batch is a column
 *   lost        crossed dots, when they were lost
 *
 * A unit is about a pixel on a phone. All sizes are whole numbers or rounded, so the text of the file is the
 * same on every machine.
 */
import { COMPLETE_AT, LENGTH_MS } from './run-policy.mjs'

const WIDTH = 466
const LEFT = 16
const RIGHT = 362
const LABEL_X = 371
const DOT = 8
const STACK = 18
const LETTER = 13
const BAR = 20
/** The natural size is larger than the drawing, for pages that are wide. */
const NATURAL = 1.35

const STYLE = `
text{font:500 13px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
svg{--paper:#fff;--edge:#d1d9e0;--ink:#1f2328;--soft:#59636e;--grid:#e6eaef;--write:#0969da;--on:#fff;--bar:#dbeafe;--drop:#cf222e;--conflate:#8a5a00}
@media (prefers-color-scheme:dark){svg{--paper:#0d1117;--edge:#3d444d;--ink:#f0f6fc;--soft:#9ea7b3;--grid:#21262d;--write:#58a6ff;--on:#0d1117;--bar:#15305b;--drop:#ff7b72;--conflate:#e3b341}}
.paper{fill:var(--paper);stroke:var(--edge)}
.name{font:600 13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.mid{text-anchor:middle}
.soft{fill:var(--soft)}
.small{font-size:12px}
.number{font-weight:700}
.grid{stroke:var(--grid)}
.axis,.wait{stroke:var(--soft);fill:none}
.thread{stroke:var(--edge);fill:none}
.write{fill:var(--write)}
.on{fill:var(--on);font-weight:700}
.refused{fill:var(--paper);stroke:var(--soft);stroke-dasharray:2 2}
.bar{fill:var(--bar);stroke:var(--write);stroke-width:1.5}
.aborted{stroke-dasharray:3 2}
.letter{font-weight:700}
.lost{font-weight:700;paint-order:stroke;stroke:var(--paper);stroke-width:2.5px;stroke-linejoin:round}
.end{stroke:var(--ink);stroke-width:3}
.conflated{fill:var(--paper);stroke:var(--conflate);stroke-width:1.5;stroke-dasharray:3 2}
.dropped{fill:var(--paper);stroke:var(--drop);stroke-width:1.5}
.cross-conflated{stroke:var(--conflate);stroke-width:1.5}
.cross-dropped{stroke:var(--drop);stroke-width:1.5}
.failed{stroke:var(--drop);stroke-width:3}
`

const round = (/** @type {number} */ number) => Math.round(number * 10) / 10
const x = (/** @type {number} */ ms) => round(LEFT + (ms / LENGTH_MS) * (RIGHT - LEFT))
const escapeText = (/** @type {string} */ text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * @param {number} left
 * @param {number} y
 * @param {string} words
 * @param {string} [kind]
 */
const text = (left, y, words, kind) =>
  `<text x="${left}" y="${y}"${kind === undefined ? '' : ` class="${kind}"`}>${escapeText(words)}</text>`

/**
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @param {string} kind
 */
const line = (x1, y1, x2, y2, kind) => `<path d="M${x1} ${y1}L${x2} ${y2}" class="${kind}"/>`

/**
 * @param {number} cx
 * @param {number} cy
 * @param {string} letter
 * @param {string} kind
 * @param {string} ink
 */
const dot = (cx, cy, letter, kind, ink) =>
  `<circle cx="${cx}" cy="${cy}" r="${DOT}" class="${kind}"/>${text(cx, cy + 4, letter, `mid ${ink}`)}`

/** The label of a row: a number and a word. */
const label = (/** @type {number} */ y, /** @type {number} */ count, /** @type {string} */ word) =>
  `<text x="${LABEL_X}" y="${y}"${count === 0 ? ' class="soft"' : ''}><tspan class="number">${count}</tspan> ${word}</text>`

/**
 * Puts what has the same place one below the other.
 *
 * @template {{ at: number }} T
 * @param {readonly T[]} items
 * @returns {{ item: T, level: number, height: number }[]}
 */
function stacked(items) {
  const height = (/** @type {number} */ at) => items.filter((item) => item.at === at).length
  return items.map((item, index) => ({
    item,
    level: items.slice(0, index).filter(({ at }) => at === item.at).length,
    height: height(item.at),
  }))
}

const tallest = (/** @type {readonly { height: number }[]} */ stacks) =>
  stacks.reduce((most, { height }) => Math.max(most, height), 0)

/**
 * A picture under way: rows are added at its foot.
 */
class Canvas {
  y = 40
  /** @type {string[]} */
  parts = []
  /** Where each letter was written: the threads begin there. @type {Map<string, { left: number, foot: number }>} */
  written = new Map()

  /**
   * @param {readonly import('./run-policy.mjs').Write[]} writes
   * @param {readonly import('./run-policy.mjs').Write[]} refused
   * @param {{ count: number, word: string, threads: boolean }} row
   */
  writes(writes, refused, { count, word, threads }) {
    const all = stacked([...writes, ...refused])
    const rows = tallest(all)
    const bottom = this.y + rows * STACK - DOT - 1
    for (const { item, level, height } of all) {
      const cy = bottom - (height - 1 - level) * STACK
      const isRefused = refused.includes(item)
      this.parts.push(
        dot(x(item.at), cy, item.letter, isRefused ? 'refused' : 'write', isRefused ? 'soft' : 'on'),
      )
      if (threads) this.written.set(item.letter, { left: x(item.at), foot: bottom + DOT })
    }
    this.parts.push(label(bottom + 4, count, word))
    this.y = bottom + DOT + 12
    return bottom
  }

  /**
   * @param {readonly import('./run-policy.mjs').Wait[]} waits
   * @param {string} word
   */
  waits(waits, word) {
    if (waits.length === 0) return
    const y = this.y + 4
    for (const { from, to, fired } of waits) {
      const end = Number.isNaN(to) ? LENGTH_MS : to
      this.parts.push(
        `<path d="M${x(from)} ${y - 4}V${y}H${round(x(end) - (fired ? 0 : 1))}${fired ? 'v-8v12' : ''}" class="wait"/>`,
      )
    }
    this.parts.push(text(LABEL_X, y + 4, word, 'soft'))
    this.y = y + 18
  }

  /**
   * @param {readonly import('./run-policy.mjs').Handled[]} deliveries
   * @param {import('./run-policy.mjs').End | undefined} end
   * @param {number} count
   */
  deliveries(deliveries, end, count) {
    /** When each level is free again. @type {number[]} */
    const free = []
    const top = this.y
    let bottom = top + BAR
    /** @type {string[]} */
    const threads = []
    /** @type {string[]} */
    const bars = []
    for (const { letters, from, to, aborted } of deliveries) {
      const left = x(from)
      const width = Math.max(round(x(to) - left), 17)
      let level = free.findIndex((until) => until <= left + 1)
      if (level === -1) level = free.length
      free[level] = left + width
      const y = top + level * (BAR + 3)
      const height = letters.length === 1 ? BAR : letters.length * LETTER + 7
      bottom = Math.max(bottom, y + height)
      bars.push(
        `<rect x="${left}" y="${y}" width="${width}" height="${height}" rx="4" class="bar${aborted ? ' aborted' : ''}"/>`,
        ...letters.map((letter, index) =>
          text(left + 8, y + (letters.length === 1 ? 14 : 14 + index * LETTER), letter, 'mid letter'),
        ),
      )
      for (const letter of letters) {
        const start = this.written.get(letter)
        if (start !== undefined && start.left !== left) {
          threads.push(line(start.left, start.foot, left, y, 'thread'))
        } else if (start !== undefined) threads.push(line(left, start.foot, left, y, 'thread'))
      }
    }
    // A thread twice is no darker than once: batches have one for each letter.
    this.parts.unshift(...new Set(threads))
    this.parts.push(...bars, label(top + 14, count, 'delivered'))
    if (end !== undefined) this.#end(end, top)
    this.y = bottom + 6
  }

  /**
   * @param {import('./run-policy.mjs').End} end
   * @param {number} top
   */
  #end({ at, kind }, top) {
    const left = x(at)
    if (kind === 'complete') this.parts.push(line(left, top - 3, left, top + BAR + 3, 'end'))
    else {
      this.parts.push(
        `<path d="M${left - 6} ${top + 4}l12 12m0-12l-12 12" class="failed"/>`,
        text(left + 11, top + 14, 'error', 'small'),
      )
    }
  }

  /**
   * @param {readonly import('./run-policy.mjs').Handled[]} deliveries
   * @param {number} missed
   */
  missed(deliveries, missed) {
    if (missed === 0) return
    for (const delivery of deliveries) {
      if (delivery.missed > 0) {
        this.parts.push(text(x(delivery.from) + 8, this.y + 10, String(delivery.missed), 'mid small number'))
      }
    }
    this.parts.push(label(this.y + 10, missed, 'missed'))
    this.y += 20
  }

  /**
   * @param {readonly import('./run-policy.mjs').Loss[]} losses
   * @param {'conflated' | 'dropped'} kind
   * @param {number} count
   */
  losses(losses, kind, count) {
    const all = stacked(losses.filter((loss) => loss.kind === kind))
    const top = this.y + DOT + 3
    for (const { item, level } of all) {
      const cx = x(item.at)
      const cy = top + level * STACK
      const arm = DOT
      this.parts.push(
        `<circle cx="${cx}" cy="${cy}" r="${DOT - 1}" class="${kind}"/>`,
        `<path d="M${round(cx - arm)} ${cy + arm}l${arm * 2}-${arm * 2}${kind === 'dropped' ? `m0 ${arm * 2}l-${arm * 2}-${arm * 2}` : ''}" class="cross-${kind}"/>`,
        text(cx, cy + 4, item.letter, 'mid lost'),
      )
    }
    this.parts.push(label(top + 4, count, kind))
    const reasons = [...new Set(all.flatMap(({ item }) => item.reason ?? []))]
    if (reasons.length > 0) this.parts.push(text(LABEL_X, top + 19, `(${reasons.join(', ')})`, 'soft small'))
    this.y = top + Math.max(tallest(all) - 1, reasons.length > 0 ? 0.8 : 0) * STACK + DOT + 3
  }

  /** @param {number} top */
  axis(top) {
    const y = this.y + 4
    const grid = []
    for (let ms = 0; ms <= LENGTH_MS; ms += 100) {
      grid.push(line(x(ms), top, x(ms), y, 'grid'))
      this.parts.push(text(x(ms), y + 16, ms === 400 ? '400 ms' : String(ms), 'mid soft small'))
    }
    this.parts.unshift(...grid)
    this.parts.push(line(LEFT, y, RIGHT, y, 'axis'))
    this.y = y + 26
  }
}

const list = (/** @type {readonly string[]} */ words) => (words.length === 0 ? 'nothing' : words.join(', '))

/**
 * Says in words what the picture shows.
 *
 * @param {import('./run-policy.mjs').Run} run
 */
function describe({ writes, asked, refused, deliveries, losses, end, stats }) {
  const lost = (/** @type {string} */ kind) =>
    list(
      losses.filter((loss) => loss.kind === kind).map(({ letter, at }) => `${letter} at ${at} milliseconds`),
    )
  const sentences = [
    `Written: ${list(writes.map(({ letter, at }) => `${letter} at ${at}`))} milliseconds.`,
    asked === undefined ? '' : 'From d on the writer had to wait before it could write.',
    refused.length === 0 ? '' : `Not offered any more: ${list(refused.map(({ letter }) => letter))}.`,
    `Delivered: ${list(
      deliveries.map(
        ({ letters, from, to, aborted, missed }) =>
          `${letters.join('')} from ${from} to ${to}${aborted ? ', aborted' : ''}${missed > 0 ? `, missed ${missed}` : ''}`,
      ),
    )}.`,
    `Conflated: ${lost('conflated')}.`,
    `Dropped: ${lost('dropped')}.`,
    end === undefined
      ? ''
      : `Ended with ${end.kind === 'complete' ? 'completion' : 'an error'} at ${end.at}.`,
    `Published ${stats.published} = delivered ${stats.delivered} + dropped ${stats.dropped} + conflated ${stats.conflated} + pending ${stats.pending}.`,
  ]
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

/**
 * @param {string} name - what is written above the picture: the policy as one writes it
 * @param {import('./run-policy.mjs').Run} run
 * @returns {string} the text of an SVG file
 */
export function drawPicture(name, run) {
  const { asked, writes, refused, deliveries, losses, waits, end, stats } = run
  const canvas = new Canvas()
  if (asked !== undefined) canvas.writes(asked, [], { count: asked.length, word: 'asked', threads: false })
  const row = canvas.writes(writes, refused, { count: stats.published, word: 'published', threads: true })
  if (asked === undefined) {
    canvas.parts.push(line(x(COMPLETE_AT), row - DOT - 2, x(COMPLETE_AT), row + DOT + 2, 'end'))
    canvas.parts.push(text(round(x(COMPLETE_AT) + 6), row + 4, 'end', 'soft small'))
  }
  canvas.waits(waits, stats.policy.startsWith('frame') ? 'frame' : 'timer')
  canvas.y += waits.length > 0 ? 0 : 6
  canvas.deliveries(deliveries, end, stats.delivered)
  canvas.missed(deliveries, stats.missed)
  canvas.losses(losses, 'conflated', stats.conflated)
  canvas.losses(losses, 'dropped', stats.dropped)
  canvas.axis(34)
  const height = Math.ceil(canvas.y)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${Math.round(WIDTH * NATURAL)}" height="${Math.round(height * NATURAL)}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escapeText(name)}</title>`,
    `<desc id="desc">${escapeText(describe(run))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="8" class="paper"/>`,
    text(LEFT - 4, 23, name, 'name'),
    ...canvas.parts,
    '</svg>',
    '',
  ].join('\n')
}
