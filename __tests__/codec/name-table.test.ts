import { describe, expect, test } from '@jest/globals'
import { isReservedName, NameTable } from '../../src/codec/name-table.ts'

const table = new NameTable({ IDLE: 2, ACTIVE: 3 })

describe('NameTable', () => {
  test.each([
    [2, 'IDLE'],
    [0, 'UNSPECIFIED'],
    [99, 'UNKNOWN_99'],
    [-1, 'UNKNOWN_-1'],
    [2 ** 31 - 1, 'UNKNOWN_2147483647'],
    [-(2 ** 31), 'UNKNOWN_-2147483648'],
  ])('calls %d %s, both ways', (number, name) => {
    expect(table.nameOf(number)).toBe(name)
    expect(table.numberOf(name)).toBe(number)
  })

  test.each([
    'NOPE',
    '',
    'UNKNOWN_',
    'UNKNOWN_0',
    'UNKNOWN_07',
    'UNKNOWN_2', // has a name of its own
    'UNKNOWN_2147483648',
    'UNKNOWN_1.5',
    'unknown_9',
    'toString',
    undefined,
    2,
  ])('has no number for %p', (name) => {
    expect(table.numberOf(name)).toBeUndefined()
  })

  test('knows the names of its own only', () => {
    expect(['IDLE', 'UNSPECIFIED', 'UNKNOWN_9'].filter((name) => table.knows(name))).toEqual(['IDLE'])
  })
})

describe('isReservedName', () => {
  test.each([
    ['UNSPECIFIED', true],
    ['UNKNOWN_7', true],
    ['UNKNOWN_SENSOR', false],
    ['IDLE', false],
  ])('%s: %p', (name, reserved) => {
    expect(isReservedName(name)).toBe(reserved)
  })
})
