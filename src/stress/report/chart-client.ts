/**
 * The program of the page, as text: nothing compiles it, so it is written in what every browser of the last
 * years runs. It switches the theme, and draws each chart when it comes into view; a report of forty scenarios
 * has a hundred of them. Without chart.js only the theme works, and the tables tell what the charts would.
 *
 * Colours are read from the style sheet, so the two themes have one home; a canvas takes no variables, so each
 * is resolved on an element. Lines differ in their dashes as well as their colours.
 */
export const CHART_CLIENT: string = String.raw`
(() => {
  'use strict'
  const root = document.documentElement
  const media = matchMedia('(prefers-color-scheme: dark)')
  const isDark = () => (root.dataset.theme || (media.matches ? 'dark' : 'light')) === 'dark'
  const button = document.getElementById('theme')
  const drawn = new Map()
  const label = () => { button.textContent = isDark() ? 'Light' : 'Dark' }
  const recolour = () => { label(); for (const [canvas, chart] of [...drawn]) { chart.destroy(); draw(canvas) } }
  button.hidden = false
  label()
  button.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; recolour() })
  media.addEventListener('change', recolour)

  if (typeof Chart === 'undefined') return
  const models = JSON.parse(document.getElementById('charts').textContent)
  const probe = document.body.appendChild(document.createElement('i'))
  probe.hidden = true
  const colour = (name) => { probe.style.color = 'var(--' + name + ')'; return getComputedStyle(probe).color }
  const group = (n) => String(n).replace(/\B(?=(?:\d{3})+$)/g, ' ')
  const short = (n) => n >= 1e6 ? +(n / 1e6).toPrecision(3) + ' M' : n >= 1e4 ? +(n / 1e3).toPrecision(3) + ' k' : n >= 100 || n % 1 === 0 ? group(Math.round(n)) : String(+n.toPrecision(2))
  const latency = (ms) => ms >= 1000 ? +(ms / 1000).toPrecision(3) + ' s' : ms >= 1 ? +ms.toPrecision(3) + ' ms' : ms >= 1e-3 ? +(ms * 1e3).toPrecision(3) + ' µs' : +(ms * 1e6).toPrecision(3) + ' ns'
  const time = (s) => s === 0 ? '0' : s < 1 ? +(s * 1e3).toPrecision(3) + ' ms' : s < 120 ? +s.toPrecision(3) + ' s' : +(s / 60).toPrecision(3) + ' min'
  const isPowerOfTen = (n) => n > 0 && Math.abs(Math.log10(n) % 1) < 1e-9
  const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 2]]
  const SERIES = { delivered: 'series-1', conflated: 'series-2', dropped: 'series-3', pending: 'series-5' }

  const axis = (theme, extra) => ({
    border: { display: false },
    ...extra,
    grid: { drawTicks: false, color: extra.type === 'logarithmic' ? (line) => isPowerOfTen(line.tick.value) ? theme.grid : 'transparent' : theme.grid, ...extra.grid },
    ticks: { color: theme.soft, padding: 6, maxRotation: 0, ...extra.ticks },
    title: { display: !!extra.name, text: extra.name, color: theme.soft, font: { size: 11 } },
  })
  const legend = (theme, display) => ({
    display, position: 'bottom', align: 'start',
    labels: { color: theme.ink, padding: 14, usePointStyle: true, pointStyle: 'line', pointStyleWidth: 28,
      // The style of a point, which chart.js takes here, knows no dashes.
      generateLabels: (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart).map((item) => ({ ...item, lineDash: chart.data.datasets[item.datasetIndex].borderDash })) },
  })

  const BUILD = {
    rates: (model, theme) => ({
      type: 'bar',
      data: { labels: model.labels, datasets: [{ data: model.values, backgroundColor: theme.series[0], borderRadius: 3, barThickness: 12 }] },
      options: {
        indexAxis: 'y',
        layout: { padding: { right: 112 } },
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => model.texts[item.dataIndex] } } },
        scales: {
          x: axis(theme, { type: 'logarithmic', min: 10 ** Math.floor(Math.log10(Math.min(...model.values) / 3)), ticks: { callback: (n) => isPowerOfTen(n) ? short(n) : '' } }),
          y: axis(theme, { grid: { display: false }, ticks: { color: theme.ink, autoSkip: false, crossAlign: 'far', callback: (_, i) => model.labels[i].length > theme.letters ? model.labels[i].slice(0, theme.letters - 1) + '…' : model.labels[i] } }),
        },
      },
      plugins: [{
        id: 'texts',
        afterDraw: (chart) => {
          const { ctx } = chart
          ctx.save()
          ctx.fillStyle = theme.soft
          ctx.font = '11px ' + Chart.defaults.font.family
          ctx.textBaseline = 'middle'
          chart.getDatasetMeta(0).data.forEach((bar, i) => ctx.fillText(model.texts[i], bar.x + 8, bar.y))
          ctx.restore()
        },
      }],
    }),
    latency: (model, theme) => ({
      type: 'line',
      data: { datasets: model.series.map((series, i) => ({
        label: series.label, data: series.points.map(([x, y]) => ({ x, y })),
        borderColor: theme.series[i % 5], backgroundColor: theme.series[i % 5], borderDash: DASHES[i % 5],
        borderWidth: 2, pointRadius: 0, pointHitRadius: 12, stepped: false,
      })) },
      options: {
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        plugins: {
          legend: legend(theme, true),
          tooltip: { callbacks: {
            title: ([item]) => 'percentile ' + +(100 - 100 / 10 ** item.parsed.x).toPrecision(6),
            label: (item) => item.dataset.label + ': ' + latency(item.parsed.y),
          } },
        },
        scales: {
          x: axis(theme, { type: 'linear', min: 0, name: 'percentile', ticks: { callback: (at) => (model.ticks.find(([x]) => x === at) || ['', ''])[1] }, afterBuildTicks: (scale) => { scale.ticks = model.ticks.map(([value]) => ({ value })) } }),
          y: axis(theme, { type: 'logarithmic', ...bounds(model), ticks: { maxTicksLimit: 8, callback: (ms) => isPowerOfTen(ms) || few(model) && /^[25]/.test(ms.toExponential()) ? latency(ms) : '' } }),
        },
      },
    }),
    heap: (model, theme) => ({
      type: 'line',
      data: { datasets: [{
        label: 'heap', data: model.points.map(([x, y]) => ({ x, y })), borderColor: theme.series[0],
        backgroundColor: theme.wash, fill: 'origin', borderWidth: 2, pointRadius: 0, pointHitRadius: 12, tension: 0.15,
      }] },
      options: {
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        plugins: { legend: { display: false }, tooltip: { callbacks: { title: ([item]) => time(item.parsed.x), label: (item) => +item.parsed.y.toPrecision(4) + ' MB' } } },
        scales: {
          x: axis(theme, { type: 'linear', min: model.points[0][0], max: model.points.at(-1)[0], name: 'time', ticks: { maxTicksLimit: 6, callback: time } }),
          y: axis(theme, { beginAtZero: true, ticks: { maxTicksLimit: 5, callback: (mb) => short(mb) + ' MB' } }),
        },
      },
    }),
    ledgers: (model, theme) => ({
      type: 'bar',
      data: { labels: model.labels, datasets: model.series.map((series) => ({
        label: series.label, data: series.values, backgroundColor: colour(SERIES[series.label]), barThickness: 12, borderSkipped: false,
      })) },
      options: {
        indexAxis: 'y',
        plugins: { legend: { ...legend(theme, true), labels: { color: theme.ink, boxWidth: 10, boxHeight: 10, padding: 14 } }, tooltip: { mode: 'index', callbacks: { label: (item) => item.dataset.label + ': ' + group(item.parsed.x) } } },
        scales: {
          x: axis(theme, { stacked: true, ticks: { maxTicksLimit: 5, callback: (n) => short(n) } }),
          y: axis(theme, { stacked: true, grid: { display: false }, ticks: { color: theme.ink, autoSkip: false, callback: (_, i) => model.labels[i].length > 18 ? model.labels[i].slice(0, 17) + '…' : model.labels[i] } }),
        },
      },
    }),
  }
  const range = (model) => {
    const all = model.series.flatMap((series) => series.points.map(([, y]) => y)).filter((y) => y > 0)
    return [Math.min(...all), Math.max(...all)]
  }
  const few = (model) => { const [least, most] = range(model); return most / least < 100 }
  // A line that ends at the edge looks as if it were cut off there: the axis goes on to the next mark.
  const bounds = (model) => {
    const [least, most] = range(model)
    const marks = few(model) ? [1, 2, 5, 10] : [1, 10]
    const power = (n) => 10 ** Math.floor(Math.log10(n))
    return {
      min: power(least) * marks.filter((mark) => power(least) * mark <= least).pop(),
      max: power(most) * marks.find((mark) => power(most) * mark >= most),
    }
  }

  function draw(canvas) {
    const model = models[canvas.dataset.chart]
    const theme = {
      ink: colour('ink'), soft: colour('soft'), grid: colour('line'), wash: colour('wash'),
      series: [1, 2, 3, 4, 5].map((n) => colour('series-' + n)), letters: canvas.parentElement.clientWidth < 480 ? 18 : 40,
    }
    const config = BUILD[model.kind](model, theme)
    config.options = { animation: false, responsive: true, maintainAspectRatio: false, ...config.options }
    drawn.set(canvas, new Chart(canvas, config))
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily
  Chart.defaults.font.size = 12
  const canvases = [...document.querySelectorAll('canvas[data-chart]')]
  const drawOnce = (canvas) => { if (!drawn.has(canvas)) draw(canvas) }
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) { seen.unobserve(target); drawOnce(target) }
  }, { rootMargin: '400px' })
  for (const canvas of canvases) seen.observe(canvas)
  addEventListener('beforeprint', () => canvases.forEach(drawOnce))
})()
`
