/** Small pieces of the page that several sections use. */
import type { CheckResult, Outcome, ThresholdResult } from '../stress-report.ts'
import type { Verdict } from './compare-reports.ts'
import { formatRatio } from './figures.ts'
import { type Html, html } from './html.ts'

type Tone = 'good' | 'bad' | 'warn' | 'soft'

const OUTCOMES: Readonly<Record<Outcome, readonly [sign: string, word: string, tone: Tone]>> = {
  passed: ['✓', 'passed', 'good'],
  failed: ['✗', 'failed', 'bad'],
  skipped: ['–', 'skipped', 'warn'],
  timeout: ['✗', 'timed out', 'bad'],
  error: ['✗', 'error', 'bad'],
}

const CHECKS: Readonly<Record<CheckResult['outcome'], readonly [sign: string, word: string, tone: Tone]>> = {
  passed: ['✓', 'held', 'good'],
  failed: ['✗', 'failed', 'bad'],
  skipped: ['–', 'skipped', 'warn'],
}

const VERDICTS: Readonly<Record<Verdict, readonly [sign: string, tone: Tone]>> = {
  better: ['▲', 'good'],
  worse: ['▼', 'bad'],
  same: ['=', 'soft'],
}

/** How a scenario ended, as a sign and a word. */
export function outcomeMark(outcome: Outcome): Html {
  const [sign, word, tone] = OUTCOMES[outcome]
  return html`<span class="outcome ${tone}"><span aria-hidden="true">${sign}</span> ${word}</span>`
}

/** How a check ended, as a sign; the word is for those who hear the page. */
export function checkMark(outcome: CheckResult['outcome']): Html {
  const [sign, word, tone] = CHECKS[outcome]
  return html`<span class="mark ${tone}" role="img" aria-label="${word}:">${sign}</span>`
}

/** Whether a threshold was met, as a sign and a word. */
export function thresholdMark({ passed }: ThresholdResult): Html {
  const [sign, word, tone] = passed ? ['✓', 'met', 'good'] : ['✗', 'missed', 'bad']
  return html`<span class="outcome ${tone}"><span role="img" aria-label="${word}">${sign}</span><span class="more" aria-hidden="true"> ${word}</span></span>`
}

/** A ratio to the baseline, with a sign and a word. */
export function ratioMark(ratio: number, verdict: Verdict): Html {
  const [sign, tone] = VERDICTS[verdict]
  return html`<span class="${tone}"><span aria-hidden="true">${sign}</span> ${formatRatio(ratio)} ${verdict}</span>`
}

/** The place of a scenario in the page. */
export function anchorOf(name: string): string {
  return `scenario-${name.replace(/[^\w-]/g, '_')}`
}

/** Keeps a text on one line. */
export function unbroken(text: string): string {
  return text.replace(/ /g, '\u00a0')
}
