/** Made of `page/` when the package is built; see scripts/inspector-page.mjs. */
import type { Inspector } from './inspector.ts'

export declare function mountEmbedded(element: HTMLElement, inspector: Inspector): () => void
