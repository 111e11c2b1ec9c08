/** The page in a browser, over a server of the sources. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findBrowser } from '../../memlab/support/find-browser-leaks.ts'
import { buffer, createMachineStore, createStore, defineMachine } from '../../src/index.ts'
import type { Facts } from '../../src/inspector/facts.ts'
import {
  type InspectorServer,
  type ServeInspectorOptions,
  serveInspector,
} from '../../src/inspector/index.ts'
import { Inspector, type Looks, type Watchables } from '../../src/inspector/inspector.ts'
import { inspectorSettings } from '../../src/inspector/inspector-options.ts'
import { Recorder } from '../../src/inspector/page/recording.ts'
import type { WatchedStore } from '../../src/inspector/watched.ts'

const executablePath = findBrowser()
const MAKER = join(import.meta.dirname, '../../scripts/inspector-page.mjs')
/** A browser beside other work; alone each test takes a second. */
const PATIENCE_MS = 240_000

let browser: Browser
let html: string
const open: { close(): unknown }[] = []
const problems: string[] = []
/** What was asked for, by host. */
const hosts = new Set<string>()

if (executablePath === undefined)
  console.warn('No browser is installed: the page of the inspector is not looked at.')
const withBrowser = executablePath === undefined ? describe.skip : describe

beforeAll(async () => {
  if (executablePath === undefined) return
  const { pageHtml } = (await import(MAKER)) as { pageHtml(): Promise<string> }
  html = await pageHtml()
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}, PATIENCE_MS)

afterAll(() => browser?.close())

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
  expect(problems.splice(0)).toEqual([])
})

async function show(
  stores: Watchables,
  options: ServeInspectorOptions = {},
): Promise<{ page: Page; server: InspectorServer }> {
  const server = await serveInspector(stores, { intervalMs: 20, ...options })
  open.push(server)
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } })
  open.push(page)
  page.setDefaultTimeout(PATIENCE_MS)
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  // The sources have no page that is built.
  await page.route(
    (url) => url.pathname === '/',
    (route) => route.fulfill({ body: html, contentType: 'text/html' }),
  )
  await page.goto(server.url)
  await page.locator('table.stores, .empty').first().waitFor()
  return { page, server }
}

/** A recording of a store, of the moment after it was written. */
function recordingOf(store: WatchedStore, write: () => void): string {
  const inspector = new Inspector([store], inspectorSettings({}, 'serveInspector()'))
  inspector.pages = { areThere: () => true, lookAt: () => ['*'] }
  write()
  inspector.refresh()
  const recorder = new Recorder()
  recorder.add({ at: 1, facts: inspector.facts.state as Facts })
  recorder.add({ at: 2, looks: inspector.looks.state as Looks })
  inspector.close()
  return recorder.text
}

/** A program for a page that has a store, and an inspector in an element. */
async function embedding(): Promise<string> {
  const sources = join(import.meta.dirname, '../../src')
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { createStore } from '${sources}/index.ts'
        import { mountInspector } from '${sources}/inspector/mount-inspector.ts'
        const put = (id, store) =>
          mountInspector(document.body.appendChild(Object.assign(document.createElement('div'), { id })), [store], {
            intervalMs: 20,
          })
        document.body.insertAdjacentHTML('afterbegin', '<input type="search" id="theirs">')
        globalThis.robot = createStore({ battery: 90 }, { name: 'robot' })
        globalThis.arm = createStore({ joint: 1 }, { name: 'arm' })
        globalThis.takeAway = put('here', robot)
        globalThis.takeOther = put('there', arm)`,
      resolveDir: sources,
    },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    loader: { '.css': 'text' },
    plugins: [
      {
        name: 'the page as the build makes it',
        setup: ({ onResolve }) =>
          onResolve({ filter: /embedded-page\.js$/ }, () => ({
            path: `${sources}/inspector/page/embedded.ts`,
          })),
      },
    ],
  })
  return outputFiles[0]?.text ?? ''
}

/** A page of somebody's own with two inspectors, `#here` and `#there`, and a field `#theirs`. */
async function embedded(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 900, height: 600 } })
  open.push(page)
  page.on('pageerror', (error) => problems.push(error.message))
  await page.addScriptTag({ content: await embedding() })
  return page
}

const lamp = defineMachine({
  id: 'lamp',
  initial: 'OFF',
  context: {},
  states: { OFF: { on: { PRESS: 'ON' } }, ON: { on: { PRESS: 'OFF' } } },
})

withBrowser('the page', () => {
  test(
    'shows the store in trouble first, and turns a slow subscriber red',
    async () => {
      const calm = createStore(0, { name: 'calm' })
      const busy = createStore({ n: 0 }, { name: 'busy' })
      busy.subscribe(() => {}, { id: 'log' })
      busy.subscribe(() => new Promise(() => {}), { id: 'archive', policy: buffer({ capacity: 2 }) })
      const { page } = await show([calm, busy])
      expect(await page.locator('tr.line.bad').count()).toBe(0)
      for (let n = 1; n <= 50; n += 1) busy.set({ n })
      await page.locator('tr.line.bad[data-store=busy]').waitFor()
      expect(await page.locator('tr.line').first().getAttribute('data-store')).toBe('busy')
      await page.locator('tr[data-store=busy]').click()
      await page.locator('tr.bad[data-subscriber=archive]').waitFor()
      expect(await page.locator('tr[data-subscriber]').first().getAttribute('data-subscriber')).toBe(
        'archive',
      )
      expect(await page.locator('tr.bad[data-subscriber=log]').count()).toBe(0)
      expect(await page.locator('tr[data-subscriber=archive] .fates').getAttribute('title')).toBe(
        '51 published = 1 delivered (2 %) + 2 pending (4 %) + 48 dropped (94 %)',
      )
    },
    PATIENCE_MS,
  )

  test(
    'filters stores by what is written',
    async () => {
      const { page } = await show(['alpha', 'beta', 'gamma'].map((name) => createStore(0, { name })))
      await page.keyboard.press('/')
      await page.keyboard.type('bet')
      await page.locator('tr[data-store=alpha]').waitFor({ state: 'detached' })
      expect(await page.locator('tr.line').count()).toBe(1)
    },
    PATIENCE_MS,
  )

  test(
    'scrubs over the versions that are kept, and compares any two',
    async () => {
      const store = createStore({ n: 0, mode: 'idle' }, { name: 'robot' })
      // What was committed before anybody watched is not kept.
      const { page } = await show([store])
      for (let n = 1; n <= 9; n += 1) store.set({ n, mode: 'idle' }, `STEP ${n}`)
      await page.locator('tr[data-store=robot]').click()
      await page.locator('.leaf', { hasText: 'n9' }).waitFor()
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('ArrowLeft')
      await page.locator('.leaf.changed', { hasText: 'n7' }).waitFor()
      await page.locator('.changes', { hasText: '67' }).waitFor()
      await page.getByLabel('Compare with 2').click()
      await page.locator('.changes', { hasText: 'Between 2 and 7' }).waitFor()
      await page.keyboard.press('End')
      await page.locator('.leaf', { hasText: 'n9' }).waitFor()
    },
    PATIENCE_MS,
  )

  test(
    'is worked by keys alone: a line, a slider and a button have the keys that are theirs',
    async () => {
      const store = createStore({ n: 0 }, { name: 'robot' })
      const { page } = await show([createStore(0, { name: 'other' }), store])
      for (let n = 1; n <= 5; n += 1) store.set({ n })
      const line = page.locator('tr[data-store=robot]')
      await line.focus()
      await page.keyboard.press('Enter')
      await page.locator('.leaf', { hasText: 'n5' }).waitFor()
      const live = page.locator('.scrub button.on', { hasText: 'live' })
      // The button on a commit is no way to the commit.
      await page.getByLabel('Compare with 3').focus()
      await page.keyboard.press('Enter')
      await page.locator('.pin.on').waitFor()
      expect(await live.count()).toBe(1)
      await page.locator('tr', { has: page.getByLabel('Compare with 3') }).focus()
      await page.keyboard.press('Enter')
      await page.locator('.leaf', { hasText: 'n3' }).waitFor()
      await page.getByLabel('Version', { exact: true }).focus()
      await page.keyboard.press('ArrowLeft')
      await page.locator('.leaf', { hasText: 'n2' }).waitFor()
      await page.keyboard.press('End')
      await live.waitFor()
      await page.keyboard.press('Escape')
      await page.waitForFunction(`document.activeElement.dataset.store === 'robot'`)
    },
    PATIENCE_MS,
  )

  test(
    'sends an event where that is allowed, and cannot where it is not',
    async () => {
      const store = createMachineStore(lamp, { name: 'lamp' })
      const allowed = await show([store], { allowControl: true })
      await allowed.page.locator('tr[data-store=lamp]').click()
      await allowed.page.locator('.tree').waitFor()
      await allowed.page.keyboard.press('m')
      await allowed.page.locator('.box.active[data-box=OFF]').waitFor()
      await allowed.page.getByRole('button', { name: 'PRESS', exact: true }).click()
      await allowed.page.locator('.box.active[data-box=ON]').waitFor()
      expect(store.current).toBe('ON')
      await allowed.page.getByLabel('PRESS with fields').press('Enter')
      await allowed.page.waitForFunction(`document.activeElement.tagName === 'TEXTAREA'`)
      await allowed.page.keyboard.press('Escape')
      await allowed.page.locator('textarea').waitFor({ state: 'detached' })
      await allowed.page.locator('main.machine').waitFor()
      const { page } = await show([store])
      await page.locator('tr[data-store=lamp]').click()
      await page.locator('.tree').waitFor()
      await page.keyboard.press('m')
      expect(await page.getByRole('button', { name: 'PRESS', exact: true }).isDisabled()).toBe(true)
      store.destroy()
    },
    PATIENCE_MS,
  )

  test(
    'takes 10 000 commits in a few states, and answers meanwhile',
    async () => {
      const store = createStore({ n: 0 }, { name: 'fast' })
      const { page } = await show([store])
      await page.locator('tr[data-store=fast]').click()
      await page.locator('.tree').waitFor()
      await page.evaluate(() => {
        const counted = globalThis as unknown as { drawn: number }
        counted.drawn = 0
        new MutationObserver(() => {
          counted.drawn += 1
        }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
      })
      for (let n = 1; n <= 10_000; n += 1) {
        store.set({ n })
        if (n % 500 === 0) await page.keyboard.press(n % 1_000 === 0 ? 'o' : 's')
      }
      await page.keyboard.press('s')
      await page.locator('.leaf', { hasText: 'n10000' }).waitFor()
      expect(await page.evaluate('drawn')).toBeLessThan(2_000)
      expect(await page.locator('table.commits tbody tr').count()).toBe(100)
      expect(store.metrics()).toMatchObject({ subscriberCount: 0, commits: 10_000 })
    },
    PATIENCE_MS,
  )

  test(
    'saves a recording, and opens it without the program',
    async () => {
      const store = createStore({ n: 1 }, { name: 'recorded' })
      const { page, server } = await show([store])
      await page.keyboard.press('r')
      await page.getByRole('button', { name: '● Record' }).click()
      await page.locator('p', { hasText: /[2-9] changes since/ }).waitFor()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '■ Stop and save' }).click(),
      ])
      const text = await readFile(await download.path(), 'utf8')
      await server.close()
      await page.getByLabel('A recording').setInputFiles({
        name: 'session.ndjson',
        mimeType: 'application/x-ndjson',
        buffer: Buffer.from(text),
      })
      await page.locator('tr[data-store=recorded]').click()
      await page.locator('.leaf', { hasText: 'n1' }).waitFor()
      const time = page.getByLabel('Time')
      const last = Number(await time.inputValue())
      await time.press('ArrowLeft')
      expect(Number(await time.inputValue())).toBe(last - 1)
      await time.press('End')
      await page.locator('.player').waitFor()
    },
    PATIENCE_MS,
  )

  test(
    'saves what is being recorded when a recording is opened, and shows the versions of that one',
    async () => {
      const store = createStore({ n: 0 }, { name: 'recorded' })
      const { page } = await show([store])
      const look = async (text: string): Promise<void> => {
        await page.locator('tr[data-store=recorded]').click()
        await page.locator('.leaf', { hasText: text }).waitFor()
      }
      store.set({ n: 7 })
      store.set({ n: 8 })
      await look('n8')
      await page.keyboard.press('ArrowLeft')
      await page.locator('.leaf', { hasText: 'n7' }).waitFor()
      await page.keyboard.press('r')
      await page.getByRole('button', { name: '● Record' }).click()
      await page.locator('p', { hasText: /[2-9] changes since/ }).waitFor()
      const other = createStore({ n: 100 }, { name: 'recorded' })
      const text = recordingOf(other, () => {
        other.set({ n: 101 })
        other.set({ n: 102 })
      })
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByLabel('A recording').setInputFiles({
          name: 'other.ndjson',
          mimeType: 'application/x-ndjson',
          buffer: Buffer.from(text),
        }),
      ])
      expect(await readFile(await download.path(), 'utf8')).toContain('"n":8')
      await look('n102')
      await page.keyboard.press('ArrowLeft')
      await page.getByText('Version 1 is not kept').waitFor()
    },
    PATIENCE_MS,
  )

  test(
    'says that nothing is watched, and escapes what a store is called and holds',
    async () => {
      const stores = new Set<ReturnType<typeof createStore<unknown>>>()
      const { page } = await show(stores)
      await page.getByText('No store is watched yet').waitFor()
      stores.add(
        createStore<unknown>(
          { '<b>': '<img src=x onerror=alert(1)>' },
          { name: '<script>alert(1)</script>' },
        ),
      )
      await page.locator('tr.line').click()
      await page.locator('.leaf', { hasText: '<img src=x onerror=alert(1)>' }).waitFor()
      expect(await page.locator('img').count()).toBe(0)
    },
    PATIENCE_MS,
  )

  test(
    'is drawn in a page of its user, follows what is written there, and is taken away whole',
    async () => {
      const page = await embedded()
      const rows = page.locator('#here tr[data-store=robot]')
      await rows.waitFor()
      await page.evaluate('globalThis.robot.set({ battery: 42 })')
      await rows.click()
      await page.locator('#here .leaf', { hasText: 'battery42' }).waitFor()
      expect(await page.evaluate('globalThis.robot.metrics().subscriberCount')).toBe(0)
      await page.evaluate('globalThis.takeAway()')
      expect(await page.locator('#here *').count()).toBe(0)
    },
    PATIENCE_MS,
  )

  test(
    'has the keys of a page of its user once it is clicked, until something else is',
    async () => {
      const page = await embedded()
      await page.keyboard.press('g')
      await page.locator('#here tr[data-store=robot]').click()
      await page.locator('#here .tree').waitFor()
      expect(await page.locator('#here .graph').count()).toBe(0)
      // The line that was clicked is gone, and with it the focus.
      expect(await page.evaluate('document.activeElement === document.body')).toBe(true)
      await page.keyboard.press('g')
      await page.locator('#here .graph').waitFor()
      expect(await page.locator('#there .graph').count()).toBe(0)
      await page.keyboard.press('/')
      await page.waitForFunction(
        `document.querySelector('#here').shadowRoot.activeElement?.type === 'search'`,
      )
      await page.locator('#theirs').click()
      await page.keyboard.type('or')
      expect(await page.locator('#theirs').inputValue()).toBe('or')
      await page.locator('#here table.stores').waitFor()
    },
    PATIENCE_MS,
  )

  test(
    'shares nothing with another one on the page',
    async () => {
      const page = await embedded()
      await page.evaluate(
        'robot.set({ battery: 1 }); robot.set({ battery: 2 }); arm.set({ joint: 3 }); arm.set({ joint: 4 })',
      )
      for (const [id, name] of [
        ['here', 'robot'],
        ['there', 'arm'],
      ] as const) {
        await page.locator(`#${id} tr[data-store=${name}]`).click()
        await page.locator(`#${id} .tree`).waitFor()
        await page.locator(`#${id} [title^="One version back"]`).click()
      }
      await page.locator('#here .leaf', { hasText: 'battery1' }).waitFor()
      await page.locator('#there .leaf', { hasText: 'joint3' }).waitFor()
    },
    PATIENCE_MS,
  )

  test.each([360, 2_560])(
    'is as wide as a screen of %i is, with who is slow in sight',
    async (width) => {
      const store = createStore({ n: 0 }, { name: 'a store whose name takes more room than there is' })
      const handle = store.subscribe(() => new Promise(() => {}), {
        id: 'a subscriber whose name takes more room than there is',
        policy: buffer({ capacity: 2 }),
      })
      const { page } = await show([store, createMachineStore(lamp)])
      await page.setViewportSize({ width, height: 740 })
      for (let n = 1; n <= 50; n += 1) store.set({ n })
      await page.locator('tr.issue').first().waitFor()
      const overflow = 'document.documentElement.scrollWidth - innerWidth'
      expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0)
      await page.locator('tr.line').first().click()
      await page.locator('tr.issue').first().waitFor()
      expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0)
      for (const part of ['.fates', 'tr.issue td:nth-child(2)']) {
        const { x = -1, width: wide = 1e9 } =
          (await page.locator(`.subs ${part}`).first().boundingBox()) ?? {}
        expect(x + wide).toBeLessThanOrEqual(width)
      }
      handle.unsubscribe()
    },
    PATIENCE_MS,
  )

  test('asks nobody but the server that it is from', () => {
    expect([...hosts].every((host) => host.startsWith('127.0.0.1:'))).toBe(true)
  })
})
