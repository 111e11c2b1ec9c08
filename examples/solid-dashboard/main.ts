import { render } from 'solid-js/web'
import { openPage } from '../dashboard/page.ts'
import { App } from './app.ts'

openPage((element, dashboard) => render(() => App(dashboard), element))
