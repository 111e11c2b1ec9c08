/** The dashboard in Vue, by render functions. What is read at which pace is said in ../dashboard/dashboard.ts. */
import { useStore } from 'headgate/vue'
import { defineComponent, h, type InjectionKey, inject } from 'vue'
import { chartPoints, type Dashboard } from '../dashboard/dashboard.ts'

export const dashboardKey: InjectionKey<Dashboard> = Symbol('dashboard')

function useDashboard(): Dashboard {
  const dashboard = inject(dashboardKey)
  if (dashboard === undefined) throw new Error('A panel stands outside of the App.')
  return dashboard
}

const Bar = defineComponent(() => {
  const { screen, controls, toggle } = useDashboard()
  const state = useStore(screen)
  const running = useStore(controls, 'running')
  const figure = (name: string, value: number, words: string) =>
    h('span', { class: 'figure' }, [h('b', { 'data-figure': name }, value), ` ${words}`])
  return () => {
    const { moving, lost } = state.value
    return h('header', { class: 'bar' }, [
      h('h1', 'Fleet'),
      figure('version', screen.published.version, 'versions'),
      figure('moving', moving, 'moving'),
      figure('lost', lost, 'lost'),
      h('button', { type: 'button', onClick: toggle }, running.value ? 'Pause' : 'Run'),
    ])
  }
})

/** One of two hundred: a frame renders those whose robot has changed. */
const Robot = defineComponent(
  ({ id }: { id: string }) => {
    const { screen, controls, select } = useDashboard()
    const robot = useStore(screen, 'robots', id)
    const isSelected = useStore(controls, ({ selected }) => selected === id)
    return () =>
      robot.value &&
      h(
        'button',
        {
          type: 'button',
          class: 'robot',
          'data-status': robot.value.status,
          style: { '--battery': `${robot.value.battery}%` },
          title: `${robot.value.name}, ${robot.value.battery} %`,
          'aria-pressed': isSelected.value,
          onClick: () => select(id),
        },
        id.slice(1),
      )
  },
  { props: ['id'] },
)

const Robots = defineComponent(() => {
  const ids = [...useDashboard().fleet.published.state.robots.ids()]
  return () =>
    h('section', { class: 'panel robots' }, [
      h('h2', ['Robots ', h('small', 'with each frame')]),
      h(
        'div',
        { class: 'grid' },
        ids.map((id) => h(Robot, { key: id, id })),
      ),
    ])
})

const CHART = { width: 600, height: 120 }

const Chart = defineComponent(() => {
  const { chart } = useDashboard()
  const history = useStore(chart, 'history')
  const count = useStore(chart, ({ robots }) => robots.size)
  return () =>
    h('section', { class: 'panel chart' }, [
      h('h2', ['Moving ', h('small', 'at 10 Hz')]),
      h(
        'svg',
        {
          viewBox: `0 0 ${CHART.width} ${CHART.height}`,
          preserveAspectRatio: 'none',
          role: 'img',
          'aria-label': 'How many robots move',
        },
        h('polyline', { points: chartPoints(history.value, count.value, CHART.width, CHART.height) }),
      ),
    ])
})

const Detail = defineComponent(() => {
  const { fleet, controls, rename } = useDashboard()
  const id = useStore(controls, 'selected')
  // The store itself, not a view: what is typed must be there at once.
  const robots = useStore(fleet, 'robots')
  return () =>
    h('section', { class: 'panel detail' }, [
      h('h2', ['Selected ', h('small', id.value)]),
      h('label', [
        'Name ',
        h('input', {
          value: robots.value.get(id.value)?.name,
          onInput: ({ target }: InputEvent) => rename(id.value, (target as HTMLInputElement).value),
        }),
      ]),
    ])
})

const LogPanel = defineComponent(() => {
  const log = useStore(useDashboard().log)
  return () =>
    h('section', { class: 'panel log' }, [
      h('h2', ['Log ', h('small', ['missed ', h('b', { 'data-figure': 'log-missed' }, log.value.missed)])]),
      h(
        'ol',
        log.value.lines.map(({ version, text, missed }) =>
          h('li', { key: version }, [h('span', `v${version}`), h('span', text), h('span', `+${missed}`)]),
        ),
      ),
    ])
})

const SlowPanel = defineComponent(() => {
  const slow = useStore(useDashboard().slow)
  return () =>
    h('section', { class: 'panel slow', 'data-busy': slow.value.busy }, [
      h('h2', ['Slow panel ', h('small', '700 ms a version')]),
      h('p', [
        'shows ',
        h('b', { 'data-figure': 'slow-version' }, slow.value.version),
        ', missed ',
        h('b', { 'data-figure': 'slow-missed' }, slow.value.missed),
      ]),
    ])
})

export const App = defineComponent(
  () => () =>
    h(
      'main',
      { class: 'dashboard' },
      [Bar, Robots, Chart, Detail, LogPanel, SlowPanel].map((panel) => h(panel)),
    ),
)
