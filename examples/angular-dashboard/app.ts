/**
 * The dashboard in Angular, without zones. What is read at which pace is said in ../dashboard/dashboard.ts. The
 * decorators are called, so that no build is needed but the bundler's.
 */
import {
  Component,
  computed,
  InjectionToken,
  Injector,
  inject,
  runInInjectionContext,
  type Signal,
} from '@angular/core'
import { injectStore } from 'headgate/angular'
import { chartPoints, type Dashboard } from '../dashboard/dashboard.ts'
import type { Robot } from '../dashboard/simulate.ts'

export const DASHBOARD = new InjectionToken<Dashboard>('dashboard')

/** One of two hundred: a frame draws those whose robot has changed. */
class RobotButton {
  readonly #dashboard = inject(DASHBOARD)
  readonly #injector = inject(Injector)
  id = ''
  robot!: Signal<Robot | undefined>
  isSelected!: Signal<boolean>

  /** The id is known from here on. */
  ngOnInit(): void {
    const { screen, controls } = this.#dashboard
    runInInjectionContext(this.#injector, () => {
      this.robot = injectStore(screen, 'robots', this.id)
      this.isSelected = injectStore(controls, ({ selected }) => selected === this.id)
    })
  }

  select(): void {
    this.#dashboard.select(this.id)
  }
}
Component({
  selector: 'app-robot',
  inputs: ['id'],
  host: { style: 'display: contents' },
  template: `
    @if (robot(); as robot) {
      <button
        type="button"
        class="robot"
        [attr.data-status]="robot.status"
        [style.--battery]="robot.battery + '%'"
        [title]="robot.name + ', ' + robot.battery + ' %'"
        [attr.aria-pressed]="isSelected()"
        (click)="select()"
      >{{ id.slice(1) }}</button>
    }
  `,
})(RobotButton)

const CHART = { width: 600, height: 120 }

export class App {
  readonly dashboard: Dashboard = inject(DASHBOARD)
  readonly ids: readonly string[] = [...this.dashboard.fleet.published.state.robots.ids()]
  readonly state = injectStore(this.dashboard.screen)
  readonly version: Signal<number> = computed(() => {
    this.state() // with each version
    return this.dashboard.screen.published.version
  })
  readonly running: Signal<boolean> = injectStore(this.dashboard.controls, 'running')
  readonly #history = injectStore(this.dashboard.chart, 'history')
  readonly #count = injectStore(this.dashboard.chart, ({ robots }) => robots.size)
  readonly points: Signal<string> = computed(() =>
    chartPoints(this.#history(), this.#count(), CHART.width, CHART.height),
  )
  readonly selected: Signal<string> = injectStore(this.dashboard.controls, 'selected')
  // The store itself, not a view: what is typed must be there at once.
  readonly #robots = injectStore(this.dashboard.fleet, 'robots')
  readonly name: Signal<string> = computed(() => this.#robots().get(this.selected())?.name ?? '')
  readonly log = injectStore(this.dashboard.log)
  readonly slow = injectStore(this.dashboard.slow)

  rename(target: EventTarget | null): void {
    this.dashboard.rename(this.selected(), (target as HTMLInputElement).value)
  }
}
Component({
  selector: 'app-root',
  imports: [RobotButton],
  template: `
    <main class="dashboard">
      <header class="bar">
        <h1>Fleet</h1>
        <span class="figure"><b data-figure="version">{{ version() }}</b> versions</span>
        <span class="figure"><b data-figure="moving">{{ state().moving }}</b> moving</span>
        <span class="figure"><b data-figure="lost">{{ state().lost }}</b> lost</span>
        <button type="button" (click)="dashboard.toggle()">{{ running() ? 'Pause' : 'Run' }}</button>
      </header>
      <section class="panel robots">
        <h2>Robots <small>with each frame</small></h2>
        <div class="grid">
          @for (id of ids; track id) { <app-robot [id]="id" /> }
        </div>
      </section>
      <section class="panel chart">
        <h2>Moving <small>at 10 Hz</small></h2>
        <svg
          viewBox="0 0 ${CHART.width} ${CHART.height}"
          preserveAspectRatio="none"
          role="img"
          aria-label="How many robots move"
        >
          <polyline [attr.points]="points()" />
        </svg>
      </section>
      <section class="panel detail">
        <h2>Selected <small>{{ selected() }}</small></h2>
        <label>Name <input [value]="name()" (input)="rename($event.target)" /></label>
      </section>
      <section class="panel log">
        <h2>Log <small>missed <b data-figure="log-missed">{{ log().missed }}</b></small></h2>
        <ol>
          @for (line of log().lines; track line.version) {
            <li><span>v{{ line.version }}</span><span>{{ line.text }}</span><span>+{{ line.missed }}</span></li>
          }
        </ol>
      </section>
      <section class="panel slow" [attr.data-busy]="slow().busy">
        <h2>Slow panel <small>700 ms a version</small></h2>
        <p>
          shows <b data-figure="slow-version">{{ slow().version }}</b>, missed
          <b data-figure="slow-missed">{{ slow().missed }}</b>
        </p>
      </section>
    </main>
  `,
})(App)
