import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { openPage } from '../dashboard/page.ts'
import { App } from './app.tsx'

openPage((element, dashboard) => {
  const root = createRoot(element)
  root.render(createElement(App, { dashboard }))
  return () => root.unmount()
})
