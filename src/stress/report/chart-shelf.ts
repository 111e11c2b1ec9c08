import type { Chart, ChartModel } from './chart-models.ts'
import { type Html, html } from './html.ts'

/** Gathers the charts of a page while it is made, so that their data can be written into it once. */
export class ChartShelf {
  readonly #enabled: boolean
  readonly models: ChartModel[] = []

  /** @param enabled - whether there is a program to draw with; without, {@link figure} gives nothing. */
  constructor(enabled: boolean) {
    this.#enabled = enabled
  }

  /** A chart with its title, and for those who do not see it, what it shows. */
  figure(chart: Chart | undefined, options: { wide?: boolean; heightPx?: number } = {}): Html | undefined {
    if (chart === undefined || !this.#enabled) return undefined
    const index = this.models.push(chart.model) - 1
    const height = options.heightPx === undefined ? '' : `height:${options.heightPx}px`
    return html`<figure class="${options.wide === true ? 'wide' : ''}">
${chart.title !== '' && html`<h4>${chart.title}</h4>`}
<div class="canvas" style="${height}"><canvas data-chart="${index}" role="img" aria-label="${chart.alternative}"></canvas></div>
</figure>`
  }
}
