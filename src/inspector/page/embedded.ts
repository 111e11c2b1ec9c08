/** The page as a part of somebody's own: in a shadow of its own, so that neither changes how the other looks. */
import type { Inspector } from '../inspector.ts'
import { localFeed } from './local-feed.ts'
import { mountPage } from './mount.tsx'
import style from './page.css'

export function mountEmbedded(element: HTMLElement, inspector: Inspector): () => void {
  const shadow = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  shadow.adoptedStyleSheets = [sheet]
  return mountPage(shadow, localFeed(inspector))
}
