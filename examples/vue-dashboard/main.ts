import { createApp } from 'vue'
import { openPage } from '../dashboard/page.ts'
import { App, dashboardKey } from './app.ts'

openPage((element, dashboard) => {
  const app = createApp(App)
  app.provide(dashboardKey, dashboard)
  app.mount(element)
  return () => app.unmount()
})
