import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const LOAD = `require(${JSON.stringify(join(__dirname, 'live-bytes.ts'))})`

/** Does three things in a process of its own, and prints by how much each changed the bytes. */
const PROGRAM = `
  const { liveBytes } = ${LOAD}
  // A function inside of another one is compiled when it is first called.
  const lazy = Array.from({ length: 500 }, (_, n) => new Function('return (x) => {' + 'x();'.repeat(50) + n + '}')())
  const steps = [() => {}, () => { globalThis.kept = new Array(100_000).fill(0) }, () => lazy.forEach((each) => each(() => {}))]
  const main = async () => {
    await liveBytes()
    let before = await liveBytes()
    const changes = []
    for (const step of steps) {
      step()
      const after = await liveBytes()
      changes.push(after - before)
      before = after
    }
    process.stdout.write(JSON.stringify(changes))
  }
  main()
`

test('what is kept counts, and compiled code does not', () => {
  const printed = execFileSync(process.execPath, ['-r', 'esbuild-register', '-e', PROGRAM], {
    cwd: __dirname,
  })
  const [nothing, list, code] = JSON.parse(String(printed)) as number[]
  const noise = 20_000
  expect(nothing).toBeWithin(-noise, noise)
  // 100 000 slots of 8 bytes.
  expect(list).toBeWithin(800_000 - noise, 800_000 + noise)
  // It weighs 230 kB.
  expect(code).toBeWithin(-noise, noise)
})
