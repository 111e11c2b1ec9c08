import '@angular/compiler' // components are compiled as they are loaded
import { createComponent, createEnvironmentInjector, provideZonelessChangeDetection } from '@angular/core'
import { createApplication } from '@angular/platform-browser'
import { openPage } from '../dashboard/page.ts'
import { App, DASHBOARD } from './app.ts'

const application = await createApplication({ providers: [provideZonelessChangeDetection()] })

openPage((hostElement, dashboard) => {
  const environmentInjector = createEnvironmentInjector(
    [{ provide: DASHBOARD, useValue: dashboard }],
    application.injector,
  )
  const app = createComponent(App, { environmentInjector, hostElement })
  application.attachView(app.hostView)
  return () => {
    app.destroy()
    environmentInjector.destroy()
  }
})
