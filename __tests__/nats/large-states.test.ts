/** Collections of many entities: what is written grows with what changes. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createStore } from '../../src/index.ts'
import { type Joined, World } from './support/world.ts'

interface Robot {
  battery: number
  x: number
}
type Robots = Record<string, Robot>

const robots = (count: number): Robots =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`r${n}`, { battery: 100, x: n }]))

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.close())

async function join(state: Robots): Promise<Joined<Robots>> {
  const store = createStore({ robots: state }, { name: 'fleet', freeze: false })
  const joined = world.join({}, store as never) as unknown as Joined<Robots>
  await world.quiet()
  await joined.started
  return joined
}

const written = async (joined: Joined<Robots>, recipe: (robots: Robots) => void): Promise<unknown> => {
  const result = joined.member.update((draft) => recipe((draft as unknown as { robots: Robots }).robots))
  result.catch(() => {}) // whoever awaits it is told
  await world.quiet()
  return result
}

describe('StoreMember', () => {
  test('writes one of 100 000 entities as a small record, and the whole in parts', async () => {
    const one = await join(robots(100_000))
    const two = await join({})
    const { servers } = world
    const whole = [...servers.parts.values()].reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(servers.parts.size).toBe(Math.ceil(whole / 524_288))
    expect(servers.parts.size).toBeGreaterThan(5)
    const before = servers.parts.size
    await written(one, (all) => {
      ;(all.r77777 as Robot).battery = 12
    })
    const record = servers.records.at(-1)?.text ?? ''
    expect(record.length).toBeLessThan(350)
    expect(servers.parts.size).toBe(before)
    expect(two.store.state).toMatchObject({ robots: { r77777: { battery: 12 } } })
    expect(two.store.published.version).toBe(one.store.published.version)
  })

  test('refuses a state that the stream does not take, with both numbers, and goes on', async () => {
    const one = await join(robots(10))
    one.log.stateBytesMax = 20_000
    one.log.payloadBytesMax = 4_096
    const refused = written(one, (all) => void Object.assign(all, robots(1_000)))
    await expect(refused).rejects.toMatchObject({
      code: 'STATE_TOO_LARGE',
      details: { store: 'fleet', bytes: expect.any(Number), bytesMax: 20_000 },
    })
    await expect(refused).rejects.toThrow(/is \d{5} bytes of JSON, but its stream holds at most 20000/)
    expect(await written(one, (all) => void Object.assign(all, robots(12)))).toMatchObject({
      committed: true,
    })
  })
})
