/** The dashboard in Solid, by `h`. What is read at which pace is said in ../dashboard/dashboard.ts. */
import { useStore } from 'headgate/solid'
import { type Accessor, For, type JSX } from 'solid-js'
import h from 'solid-js/h'
import { chartPoints, type Dashboard } from '../dashboard/dashboard.ts'

/** `h` returns what makes an element, to be called where it is inserted. */
const make = (...args: Parameters<typeof h>): JSX.Element => h(...args) as unknown as JSX.Element

const figure = (name: string, value: Accessor<number>, words: string): JSX.Element =>
  make('span', { class: 'figure' }, h('b', { 'data-figure': name }, value), ` ${words}`)

function Bar({ screen, controls, toggle }: Dashboard): JSX.Element {
  const state = useStore(screen)
  const running = useStore(controls, 'running')
  const version = () => {
    state() // with each version
    return screen.published.version
  }
  return make(
    'header',
    { class: 'bar' },
    h('h1', 'Fleet'),
    figure('version', version, 'versions'),
    figure('moving', () => state().moving, 'moving'),
    figure('lost', () => state().lost, 'lost'),
    h('button', { type: 'button', onClick: toggle }, () => (running() ? 'Pause' : 'Run')),
  )
}

/** One of two hundred: a frame writes to those whose robot has changed. */
function Robot({ screen, controls, select }: Dashboard, id: string): JSX.Element {
  const robot = useStore(screen, 'robots', id)
  const isSelected = useStore(controls, ({ selected }) => selected === id)
  return make(
    'button',
    {
      type: 'button',
      class: 'robot',
      'data-status': () => robot()?.status,
      style: () => ({ '--battery': `${robot()?.battery}%` }),
      title: () => `${robot()?.name}, ${robot()?.battery} %`,
      'aria-pressed': isSelected,
      onClick: () => select(id),
    },
    id.slice(1),
  )
}

function Robots(dashboard: Dashboard): JSX.Element {
  const ids = [...dashboard.fleet.published.state.robots.ids()]
  return make(
    'section',
    { class: 'panel robots' },
    h('h2', 'Robots ', h('small', 'with each frame')),
    h(
      'div',
      { class: 'grid' },
      ids.map((id) => () => Robot(dashboard, id)),
    ),
  )
}

const CHART = { width: 600, height: 120 }

function Chart({ chart }: Dashboard): JSX.Element {
  const history = useStore(chart, 'history')
  const count = useStore(chart, ({ robots }) => robots.size)
  return make(
    'section',
    { class: 'panel chart' },
    h('h2', 'Moving ', h('small', 'at 10 Hz')),
    h(
      'svg',
      {
        'attr:viewBox': `0 0 ${CHART.width} ${CHART.height}`,
        'attr:preserveAspectRatio': 'none',
        role: 'img',
        'aria-label': 'How many robots move',
      },
      h('polyline', {
        'attr:points': () => chartPoints(history(), count(), CHART.width, CHART.height),
      }),
    ),
  )
}

function Detail({ fleet, controls, rename }: Dashboard): JSX.Element {
  const id = useStore(controls, 'selected')
  // The store itself, not a view: what is typed must be there at once.
  const robots = useStore(fleet, 'robots')
  return make(
    'section',
    { class: 'panel detail' },
    h('h2', 'Selected ', h('small', id)),
    h(
      'label',
      'Name ',
      h('input', {
        value: () => robots().get(id())?.name,
        onInput: ({ target }: InputEvent) => rename(id(), (target as HTMLInputElement).value),
      }),
    ),
  )
}

function LogPanel(dashboard: Dashboard): JSX.Element {
  const log = useStore(dashboard.log)
  return make(
    'section',
    { class: 'panel log' },
    h(
      'h2',
      'Log ',
      h(
        'small',
        'missed ',
        h('b', { 'data-figure': 'log-missed' }, () => log().missed),
      ),
    ),
    h(
      'ol',
      h(
        For,
        { each: () => log().lines },
        ({ version, text, missed }: Dashboard['log']['state']['lines'][0]) =>
          h('li', h('span', `v${version}`), h('span', text), h('span', `+${missed}`)),
      ),
    ),
  )
}

function SlowPanel(dashboard: Dashboard): JSX.Element {
  const slow = useStore(dashboard.slow)
  return make(
    'section',
    { class: 'panel slow', 'data-busy': () => slow().busy },
    h('h2', 'Slow panel ', h('small', '700 ms a version')),
    h(
      'p',
      'shows ',
      h('b', { 'data-figure': 'slow-version' }, () => slow().version),
      ', missed ',
      h('b', { 'data-figure': 'slow-missed' }, () => slow().missed),
    ),
  )
}

export const App = (dashboard: Dashboard): JSX.Element =>
  make(
    'main',
    { class: 'dashboard' },
    [Bar, Robots, Chart, Detail, LogPanel, SlowPanel].map((panel) => () => panel(dashboard)),
  )
