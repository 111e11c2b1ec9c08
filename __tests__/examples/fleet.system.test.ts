import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BUILD_MS_MAX, BuiltCommand, finished } from '../cli/support/built-command.ts'
import { describeNats } from '../support/nats.ts'

/** Servers are started, and elect a leader; alone it takes some 20 seconds. */
const PATIENCE_MS = 240_000

let built: BuiltCommand

beforeAll(() => {
  built = new BuiltCommand()
  built.copy('examples/fleet')
}, BUILD_MS_MAX)

afterAll(() => built.remove())

const start = (words: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [join(built.folder, 'examples/fleet/start.js'), ...words], {
    cwd: built.folder,
    env: { ...process.env, ...env },
  })

/** Waits for something that a process says from now on. */
function says(fleet: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (text: string): void => {
      said += text
      const found = pattern.exec(said)
      if (found === null) return
      fleet.stdout.off('data', hear)
      resolve(found)
    }
    fleet.stdout.on('data', hear)
    fleet.once('close', () => reject(new Error(`It has ended, and said ${said}`)))
  })
}

const ALL_LIVE = /version (\d+): agent-1 live.*agent-2 live.*agent-3 live.*table live.*\n/

describeNats('the fleet', () => {
  test(
    'goes on when an agent and a server are killed, and loses nothing',
    async () => {
      const fleet = start(['--robots', '30'])
      const end = finished(fleet)
      const [pids] = await says(fleet, /\[1\] agent-1 .*\n/)
      const pidOf = (name: string): number => Number(new RegExp(`${name} (\\d+)`).exec(pids)?.[1])
      const [, before] = await says(fleet, ALL_LIVE)
      const again = [says(fleet, /agent-2 is started again/), says(fleet, /n1 is started again/)]
      process.kill(pidOf('agent-2'), 'SIGKILL')
      process.kill(pidOf('n1'), 'SIGKILL')
      await Promise.all(again)
      const [, after] = await says(fleet, ALL_LIVE)
      fleet.kill('SIGINT')
      const { status, stdout } = await end
      expect(Number(after)).toBeGreaterThan(Number(before))
      expect(stdout).toMatch(/All have the same: agent-1 (\d+), agent-2 \1, agent-3 \1, table \1\.\n/)
      expect(stdout).toMatch(/\n[1-9]\d* updates were acknowledged, 0 of them lost\.\n$/)
      expect(status).toBe(0)
    },
    PATIENCE_MS,
  )
})

describe('the command of the fleet', () => {
  test('says how to install nats-server where there is none', async () => {
    const { status, stderr } = await finished(start([], { PATH: '' }))
    expect(stderr).toStartWith('nats-server is not installed.')
    expect(stderr).toContain('apt-get install nats-server')
    expect(status).toBe(1)
  })

  test.each([
    [['--robots', '100'], 'Expected --robots to be a multiple of 3 above 0, got 100.\n'],
    [['--seconds', 'x'], 'Expected --seconds to be a number above 0, got x.\n'],
    [
      ['--kill', 'n9@3'],
      'Expected --kill to be one of agent-1, agent-2, agent-3, table, n1, n2, n3, "@" and seconds, got n9@3.\n',
    ],
  ])('refuses %s', async (words, sentence) => {
    const { status, stderr } = await finished(start(words))
    expect([status, stderr]).toEqual([2, sentence])
  })
})
