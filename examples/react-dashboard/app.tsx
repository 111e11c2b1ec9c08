/** The dashboard in React. What is read at which pace is said in ../dashboard/dashboard.ts. */
import { useSnapshot, useStore } from 'headgate/react'
import { type CSSProperties, createContext, memo, useContext } from 'react'
import { chartPoints, type Dashboard } from '../dashboard/dashboard.ts'

const DashboardContext = createContext<Dashboard | undefined>(undefined)

function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext)
  if (dashboard === undefined) throw new Error('A panel stands outside of the App.')
  return dashboard
}

export function App({ dashboard }: { dashboard: Dashboard }) {
  return (
    <DashboardContext value={dashboard}>
      <main className="dashboard">
        <Bar />
        <Robots />
        <Chart />
        <Detail />
        <LogPanel />
        <SlowPanel />
      </main>
    </DashboardContext>
  )
}

function Bar() {
  const { screen, controls, toggle } = useDashboard()
  const { version, state } = useSnapshot(screen)
  const running = useStore(controls, 'running')
  return (
    <header className="bar">
      <h1>Fleet</h1>
      <span className="figure">
        <b data-figure="version">{version}</b> versions
      </span>
      <span className="figure">
        <b data-figure="moving">{state.moving}</b> moving
      </span>
      <span className="figure">
        <b data-figure="lost">{state.lost}</b> lost
      </span>
      <button type="button" onClick={toggle}>
        {running ? 'Pause' : 'Run'}
      </button>
    </header>
  )
}

function Robots() {
  const { fleet } = useDashboard()
  return (
    <section className="panel robots">
      <h2>
        Robots <small>with each frame</small>
      </h2>
      <div className="grid">
        {[...fleet.published.state.robots.ids()].map((id) => (
          <Robot key={id} id={id} />
        ))}
      </div>
    </section>
  )
}

/** One of two hundred: a frame renders those whose robot has changed. */
const Robot = memo(function Robot({ id }: { id: string }) {
  const { screen, controls, select } = useDashboard()
  const robot = useStore(screen, 'robots', id)
  const isSelected = useStore(controls, ({ selected }) => selected === id)
  if (robot === undefined) return null
  return (
    <button
      type="button"
      className="robot"
      data-status={robot.status}
      style={{ '--battery': `${robot.battery}%` } as CSSProperties}
      title={`${robot.name}, ${robot.battery} %`}
      aria-pressed={isSelected}
      onClick={() => select(id)}
    >
      {id.slice(1)}
    </button>
  )
})

const CHART = { width: 600, height: 120 }

function Chart() {
  const { chart } = useDashboard()
  const history = useStore(chart, 'history')
  const count = useStore(chart, ({ robots }) => robots.size)
  return (
    <section className="panel chart">
      <h2>
        Moving <small>at 10 Hz</small>
      </h2>
      <svg
        viewBox={`0 0 ${CHART.width} ${CHART.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="How many robots move"
      >
        <polyline points={chartPoints(history, count, CHART.width, CHART.height)} />
      </svg>
    </section>
  )
}

function Detail() {
  const { fleet, controls, rename } = useDashboard()
  const id = useStore(controls, 'selected')
  // The store itself, not a view: what is typed must be there at once.
  const name = useStore(fleet, 'robots', id, 'name') ?? ''
  return (
    <section className="panel detail">
      <h2>
        Selected <small>{id}</small>
      </h2>
      <label>
        Name <input value={name} onChange={({ target }) => rename(id, target.value)} />
      </label>
    </section>
  )
}

function LogPanel() {
  const { log } = useDashboard()
  const { lines, missed } = useStore(log)
  return (
    <section className="panel log">
      <h2>
        Log{' '}
        <small>
          missed <b data-figure="log-missed">{missed}</b>
        </small>
      </h2>
      <ol>
        {lines.map((line) => (
          <li key={line.version}>
            <span>v{line.version}</span>
            <span>{line.text}</span>
            <span>+{line.missed}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function SlowPanel() {
  const { slow } = useDashboard()
  const { version, missed, busy } = useStore(slow)
  return (
    <section className="panel slow" data-busy={busy}>
      <h2>
        Slow panel <small>700 ms a version</small>
      </h2>
      <p>
        shows <b data-figure="slow-version">{version}</b>, missed <b data-figure="slow-missed">{missed}</b>
      </p>
    </section>
  )
}
