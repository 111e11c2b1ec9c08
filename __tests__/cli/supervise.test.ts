import { describe, expect, test } from '@jest/globals'
import { mayLoop } from '../../src/cli/supervise.ts'

describe('mayLoop', () => {
  test.each([
    ['run module.mjs'],
    ['run --events records.ndjson module.mjs'],
    ['run module.mjs --subscriber log=latest ui=direct'],
    ['run --json module.mjs'],
    ['run -- module.mjs'],
  ])('says so of a run with a module: %s', (line) => {
    expect(mayLoop(line.split(' '))).toBe(true)
  })

  test.each([
    ['run'],
    ['run --json'],
    ['run --events records.ndjson'],
    ['run --speed 2 --seed 7'],
    ['run --subscriber log=latest ui=direct'],
    ['run --time t:ms'],
    ['run --speed -1'],
    ['run module.mjs --help'],
    ['run module.mjs --nonsense'],
    ['stress module.mjs'],
    [''],
  ])('lets everything else run where it is: %s', (line) => {
    expect(mayLoop(line.split(' '))).toBe(false)
  })
})
