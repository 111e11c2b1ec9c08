/** Puts a dashboard into the page, and lets tests and the heap's gate mount more of them and take them away again. */
import { createDashboard, type Dashboard } from './dashboard.ts'
import './dashboard.css'

/** Draws a dashboard in an element until it is called off. */
export type Mount = (element: HTMLElement, dashboard: Dashboard) => () => void

export function openPage(mount: Mount): void {
  const dashboard = createDashboard()
  const mounted: (() => void)[] = []
  /** Set by the address: a page that takes its dashboards out of the document, and forgets to unmount them. */
  const leak = new URLSearchParams(location.search).has('leak')
  const page = {
    dashboard,
    get writes(): number {
      return dashboard.fleet.snapshot.version
    },
    /** What the gate waits for. */
    until: 0,
    mount(): void {
      const element = document.createElement('div')
      document.body.append(element)
      const unmount = mount(element, dashboard)
      mounted.push(() => {
        if (!leak) unmount()
        element.remove()
      })
    },
    unmount(): void {
      mounted.pop()?.()
    },
  }
  page.mount()
  Object.assign(globalThis, { page })
}
