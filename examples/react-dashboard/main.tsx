import { createRoot } from 'react-dom/client'
import { createDashboard } from '../dashboard/dashboard.ts'
import '../dashboard/dashboard.css'
import { App } from './app.tsx'

const dashboard = createDashboard()
const container = document.getElementById('root') as HTMLElement
const root = createRoot(container)
root.render(<App dashboard={dashboard} />)

// For tests and screenshots: to look at, and to end.
Object.assign(globalThis, {
  dashboard,
  unmount: () => {
    root.unmount()
    dashboard.destroy()
  },
})
