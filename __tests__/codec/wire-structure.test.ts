import { describe, expect, test } from '@jest/globals'
import { FsmStateSnapshotSchema } from '../../src/codec/index.ts'
import { checkStructure, structureOf } from '../../src/codec/wire-structure.ts'
import { Budget } from '../../src/json/limits.ts'

const STRUCTURE = structureOf(FsmStateSnapshotSchema)

const check = (...bytes: number[]): string => {
  try {
    checkStructure(Uint8Array.from(bytes), STRUCTURE, new Budget())
    return 'well'
  } catch (error) {
    return String(error)
  }
}

describe('checkStructure', () => {
  test.each([
    ['nothing', []],
    ['an enum', [0x18, 2]],
    ['a negative number of ten bytes', [0x50, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
    ['a UUID', [0x0a, 3, 0x0a, 1, 0x61]],
    ['a map entry', [0x2a, 3, 0x0a, 1, 0x61]],
    [
      'an unknown number, double, text and float',
      [0x58, 1, 0x61, 0, 0, 0, 0, 0, 0, 0, 0, 0x62, 1, 0, 0x6d, 0, 0, 0, 0],
    ],
    ['an unknown group with one inside', [0x5b, 0x63, 0x08, 1, 0x64, 0x5c]],
  ])('lets %s pass', (_what, bytes) => {
    expect(check(...bytes)).toBe('well')
  })

  test.each([
    ['a tag of field 0', [0x02, 0], 'byte 0 is not a tag'],
    ['a tag of more than 32 bits', [0x88, 0x80, 0x80, 0x80, 0x10, 0], 'byte 0 is not a tag'],
    ['a cut tag', [0x80], 'byte 1 is missing: the end cuts a number'],
    ['a cut number', [0x18], 'byte 1 is missing: the end cuts a number'],
    [
      'a number of eleven bytes',
      [0x18, ...Array(10).fill(255), 1],
      'byte 11 goes on with a number of more than 10 bytes',
    ],
    ['a cut text', [0x4a, 5, 0x61], 'byte 2 begins 5 bytes; they are cut'],
    ['a known field of another wire type', [0x1a, 1, 0], 'byte 0 gives field 3 the wire type 2'],
    [
      'a nested field that runs past its message',
      [0x0a, 2, 0x0a, 5, 1, 2, 3, 4, 5],
      'byte 4 begins 5 bytes; they are cut',
    ],
    ['a nested number that does', [0x12, 2, 0x08, 0x80, 1], 'byte 4 is missing: the end cuts a number'],
    ['a map value of another wire type', [0x2a, 2, 0x10, 1], 'byte 2 gives field 2 the wire type 0'],
    ['an end of no group', [0x5c], 'byte 1 follows a tag of wire type 4'],
    ['wire type 6', [0x5e], 'byte 1 follows a tag of wire type 6'],
    ['an end of another group', [0x5b, 0x64], 'byte 2 ends another group than the one that is open'],
    ['a group without an end', [0x5b, 0x08, 1], 'byte 3 is missing: the end cuts a number'],
    ['101 nested groups', Array(102).fill(0x5b), 'byte 101 follows a tag of wire type 3'],
    ['a cut double', [0x61, 0, 0], 'byte 1 begins 8 bytes; they are cut'],
  ])('refuses %s', (_what, bytes, reason) => {
    expect(check(...bytes)).toBe(`RangeError: ${reason}`)
  })
})
