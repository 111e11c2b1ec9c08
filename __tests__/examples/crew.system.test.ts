/** The crew as users run it: to its end, killed and started again, forked, and with a person in a browser. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { chromium } from 'playwright-core'
import { findBrowser } from '../../memlab/support/find-browser-leaks.ts'
import type { SystemSnapshot } from '../../src/actors/index.ts'
import { openArchive } from '../../src/journal/index.ts'
import { mirror, sseSocket } from '../../src/sync/index.ts'
import { BUILD_MS_MAX, BuiltCommand, type Finished, finished } from '../cli/support/built-command.ts'
import { engineOf, journalFolder } from '../cli/support/journal-folder.ts'

const executablePath = findBrowser()
const TOKEN = join(import.meta.dirname, '../../examples/crew/token.js')
const PATIENCE_MS = 240_000
const RESULT = 'REFUNDED: refund of 4711: 80 €, after 2 rounds'

let built: BuiltCommand
const running: ChildProcess[] = []

beforeAll(() => {
  built = new BuiltCommand()
  built.copy('examples/crew')
}, BUILD_MS_MAX)

afterEach(async () => {
  for (const each of running.splice(0)) {
    if (each.exitCode !== null || each.signalCode !== null) continue
    each.kill('SIGKILL')
    await once(each, 'exit')
  }
})

afterAll(() => built.remove())

function start(data: string, ...words: string[]) {
  const command = [join(built.folder, 'examples/crew/crew.js'), '--data', data, ...words]
  const child = spawn(process.execPath, command, { cwd: built.folder })
  running.push(child)
  return child
}

const run = (data: string, ...words: string[]): Promise<Finished> =>
  finished(start(data, '--speed', '50', ...words))

/** Resolves with what was printed, once a line is in it. */
const printed = (child: ReturnType<typeof start>, line: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (line.test(text)) resolve(text)
    })
    child.once('exit', () => reject(new Error(`It ended without ${line}: ${text}`)))
  })

/** Kills it a while after a line. */
async function killedAfter(data: string, line: RegExp, ms: number): Promise<void> {
  const child = start(data, '--approve', '--speed', '1')
  await printed(child, line)
  setTimeout(() => child.kill('SIGKILL'), ms)
  expect((await once(child, 'exit'))[1]).toBe('SIGKILL')
}

/** What a thread has come to, and what it came from. What was spent is more where somebody was killed. */
async function endOf(data: string, name = 'refund') {
  const archive = await openArchive<SystemSnapshot>(engineOf(data), { name })
  const snapshots: { reason: string; metadata: object; state: SystemSnapshot }[] = []
  for await (const snapshot of archive.commits()) snapshots.push(snapshot as never)
  await archive.close()
  const { current, context } = snapshots.at(-1)?.state.root.snapshot?.state ?? {}
  const { spent: _, ...rest } = context as { spent: unknown }
  return { current, ...rest, forked: snapshots.find(({ reason }) => reason === 'FORK')?.metadata }
}

const versionOf = (output: string, state: string): number =>
  Number(new RegExp(`^v(\\d+)  ${state}`, 'm').exec(output)?.[1])

describe('the crew', () => {
  test(
    'decides in two rounds, pays once it is approved, and accounts for every version of every watcher',
    async () => {
      const { status, stdout, stderr } = await run(journalFolder(), '--approve')
      expect([status, stderr]).toEqual([0, ''])
      expect(stdout).toContain(RESULT)
      const states = [...stdout.matchAll(/^v\d+ {2}(\w+)/gm)].map(([, state]) => state)
      const round = ['PLANNING', 'RUNNING', 'REVIEWING']
      expect(states).toEqual(['IDLE', ...round, ...round, 'AWAITING', 'PAYING', 'REFUNDED'])
      const lines = [...stdout.matchAll(/(\d+) = (\d+) \+ (\d+) \+ (\d+) \+ (\d+)$/gm)]
      expect(lines).toHaveLength(4)
      for (const [, published, ...fates] of lines)
        expect(fates.reduce((sum, count) => sum + Number(count), 0)).toBe(Number(published))
    },
    PATIENCE_MS,
  )

  test(
    'ends the same where it is killed while a model speaks and while a tool runs',
    async () => {
      const [whole, killed] = [journalFolder(), journalFolder()]
      await run(whole, '--approve')
      await killedAfter(killed, /PLANNING/, 300)
      await killedAfter(killed, /goes on[\s\S]*RUNNING/, 100)
      await killedAfter(killed, /goes on[\s\S]*REVIEWING/, 300)
      const { status, stdout } = await run(killed, '--approve')
      expect(status).toBe(0)
      expect(stdout).toMatch(/The thread "refund" goes on from version \d+\./)
      expect(stdout).toContain(RESULT)
      expect(await endOf(killed)).toEqual(await endOf(whole))
    },
    PATIENCE_MS,
  )

  test(
    'begins a second thread with any version of the first, which stays as it is',
    async () => {
      const data = journalFolder()
      const { stdout } = await run(data, '--approve')
      const waiting = versionOf(stdout, 'AWAITING')
      const declined = await run(data, '--fork', String(waiting), '--decline')
      expect(declined.stdout).toContain('DECLINED: nothing was paid for 4711, after 2 rounds')
      const planning = versionOf(stdout, 'PLANNING')
      expect((await run(data, '--fork', String(planning), '--approve')).stdout).toContain(RESULT)

      const first = await endOf(data)
      expect(first).toMatchObject({ current: 'REFUNDED', forked: undefined })
      expect(await endOf(data, `refund-fork-${waiting}`)).toMatchObject({
        current: 'DECLINED',
        receipt: '',
        forked: { parentThread: 'refund', parentVersion: String(waiting) },
      })
      const again = await endOf(data, `refund-fork-${planning}`)
      expect({ ...again, forked: undefined }).toEqual(first)
    },
    PATIENCE_MS,
  )

  test(
    'shows nothing, and takes no answer, without the token of the address',
    async () => {
      const data = journalFolder()
      const child = start(data, '--port', '0', '--speed', '50')
      const output = await printed(child, /AWAITING/)
      const url = new URL(/The crew: (\S+)/.exec(output)?.[1] ?? '')
      const token = url.searchParams.get('token') ?? ''
      expect(token.length).toBeGreaterThan(20)
      expect(statSync(join(data, 'page-token')).mode & 0o077).toBe(0)
      expect(statSync(data).mode & 0o077).toBe(0)

      const page = await (await fetch(url)).text()
      expect(page).toContain('A crew at work')
      expect(page).not.toContain(token)
      for (const path of ['/', '/?token=', `/?token=${token}x`, '//']) {
        const { status } = await fetch(`${url.origin}${path}`)
        expect([path, status]).toEqual([path, 403])
      }
      for (const store of ['crew', 'desk']) {
        const refused = await new Promise((resolve) => {
          const stranger = mirror(() => sseSocket(`${url.origin}/sync`), {
            store,
            token: () => 'guessed',
            onFault: ({ error }) => {
              stranger.close()
              resolve(error)
            },
          })
        })
        expect([store, refused]).toEqual([
          store,
          expect.objectContaining({ details: expect.objectContaining({ code: 'UNAUTHORIZED' }) }),
        ])
      }
      const ending = finished(child)
      child.kill('SIGINT')
      expect((await ending).status).toBe(0)
      expect(await endOf(data)).toMatchObject({ current: 'AWAITING' })
    },
    PATIENCE_MS,
  )

  test('makes a token again where the one that made it was killed before it was written', async () => {
    const { tokenOf } = await import(TOKEN)
    const data = journalFolder()
    mkdirSync(data)
    writeFileSync(join(data, 'page-token'), '')
    const token = tokenOf(data)
    expect(token.length).toBeGreaterThan(20)
    expect(readFileSync(join(data, 'page-token'), 'utf8')).toBe(token)
    expect(tokenOf(data)).toBe(token)
  })

  const inBrowser = executablePath === undefined ? test.skip : test
  inBrowser(
    'shows a person what it does, and waits for the answer, also over a restart',
    async () => {
      const data = journalFolder()
      const before = start(data, '--port', '0', '--speed', '50')
      await printed(before, /AWAITING/)
      before.kill('SIGKILL')
      await once(before, 'exit')
      const child = start(data, '--port', '0', '--speed', '50')
      const url = /The crew: (\S+)/.exec(await printed(child, /goes on/))?.[1] ?? ''
      const browser = await chromium.launch({
        ...(executablePath && { executablePath }),
        args: ['--no-sandbox'],
      })
      try {
        const page = await browser.newPage()
        page.setDefaultTimeout(0) // that of the test is the limit
        const problems: string[] = []
        page.on('pageerror', ({ message }) => problems.push(message))
        await page.goto(url)
        await page.waitForSelector('[data-asked="true"]')
        expect(await page.locator('.turn h2').allInnerTexts()).toEqual([
          'Customer',
          'Planner round 1',
          'Tool runner round 1',
          'Critic round 1',
          'Planner round 2',
          'Tool runner round 2',
          'Critic round 2',
        ])
        await page.click('button.yes')
        await page.waitForSelector('[data-end="REFUNDED"]')
        expect(await page.innerText('.decision')).toContain('Paid once: refund of 4711: 80 €')
        expect(problems).toEqual([])
      } finally {
        await browser.close()
      }
      const ending = finished(child)
      child.kill('SIGINT')
      expect((await ending).status).toBe(0)
      expect(await endOf(data)).toMatchObject({ current: 'REFUNDED', receipt: 'refund of 4711: 80 €' })
    },
    PATIENCE_MS,
  )
})
