/** The site: the pages of docs/ where they are, the README, the reference that reference.mjs has written. */
import { defineConfig } from 'vitepress'
import * as compiler from 'vue/compiler-sfc'
import { asOnGitHub } from '../as-on-github.mjs'
import { writeTexts } from '../llms.mjs'
import { sidebar } from '../sidebar.mjs'
import { slug } from '../slug.ts'

const HOME = 'https://github.com/headgate/headgate'

/** The inspector's sign. */
const GATE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M2 3h12M2 13h12M5 3v10M11 3v10M5 8h6" fill="none" stroke="#0b7a75" stroke-width="2"/></svg>'

export default defineConfig({
  title: 'Headgate',
  description:
    'A reactive state store on RxJS and immer: every subscriber reads at its own pace, and knows what it missed.',
  lang: 'en',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(GATE)}` }]],
  srcDir: '..',
  // Of the repository's folders docs/, skills/ and website/ hold pages, and the README is one.
  srcExclude: ['[^dsw]*/**', 's[^k]*/**', '[^R]*.md'],
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  rewrites: {
    'README.md': 'start.md',
    'skills/headgate/SKILL.md': 'skill.md',
    'docs/:page*': ':page*',
    'website/:page*': ':page*',
  },
  // Else the plugin takes the Vue that it finds beside the pages: the root's.
  vue: { compiler },
  cleanUrls: true,
  markdown: {
    anchor: { slugify: slug },
    theme: { light: 'github-light', dark: 'github-dark' },
    config: asOnGitHub,
  },
  buildEnd: ({ outDir }) => writeTexts(outDir),
  themeConfig: {
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: HOME }],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Guides', link: '/guides/slow-subscriber' },
      { text: 'Reference', link: '/api/' },
    ],
    sidebar,
  },
})
