import { mount, unmount } from 'svelte'
import { openPage } from '../dashboard/page.ts'
import App from './app.svelte'

openPage((target, dashboard) => {
  const app = mount(App, { target, props: { dashboard } })
  return () => void unmount(app)
})
