import { describe, expect, test } from '@jest/globals'
import { type Delta, independent, type Operation } from '../../src/delta/index.ts'

const replace = (path: string): Operation => ({ op: 'replace', path, value: 1 })
const add = (path: string): Operation => ({ op: 'add', path, value: 1 })
const remove = (path: string): Operation => ({ op: 'remove', path })
const read = (path: string): Operation => ({ op: 'test', path, value: 1 })
const move = (from: string, path: string): Operation => ({ op: 'move', from, path })
const copy = (from: string, path: string): Operation => ({ op: 'copy', from, path })

/** Asks both ways, which must agree. */
function areIndependent(a: Delta, b: Delta): boolean {
  expect(independent(a, b)).toBe(independent(b, a))
  return independent(a, b)
}

describe('independent', () => {
  test.each<[name: string, a: Delta, b: Delta]>([
    ['nothing and anything', [], [replace('')]],
    ['two keys', [replace('/a')], [replace('/b')]],
    ['keys of which one begins as the other', [replace('/a')], [replace('/ab')]],
    ['two keys of one parent', [replace('/a/x')], [add('/a/y')]],
    ['two ids of a collection', [replace('/robots/r1/battery')], [remove('/robots/r2')]],
    ['two readers', [read('/a')], [copy('/a', '/b')]],
    ['a change ahead of where a list shifts', [replace('/list/0/n')], [add('/list/3')]],
    ['a change of an item and an item at the end', [replace('/list/5/n')], [add('/list/-')]],
  ])('holds for %s', (_, a, b) => {
    expect(areIndependent(a, b)).toBeTrue()
  })

  test.each<[name: string, a: Delta, b: Delta]>([
    ['the same path', [replace('/a')], [replace('/a')]],
    ['a part of what the other writes', [replace('/a')], [replace('/a/x/y')]],
    ['the state', [replace('')], [replace('/a')]],
    ['what the other removes', [remove('/a')], [add('/a/x')]],
    ['what the other tests', [read('/a')], [replace('/a/x')]],
    ['where the other reads from', [copy('/a', '/b')], [replace('/a')]],
    ['where the other moves from', [move('/a', '/b')], [read('/a/x')]],
    ['where the other moves to', [move('/a', '/b')], [replace('/b/x')]],
    ['an item that shifts', [replace('/list/3/n')], [add('/list/0')]],
    ['an item that goes', [replace('/list/3')], [remove('/list/3')]],
    ['two items at the end', [add('/list/-')], [add('/list/-')]],
    ['two that shift', [add('/list/5')], [remove('/list/2')]],
    ['one of several paths', [replace('/x'), replace('/b')], [replace('/y'), replace('/b/c')]],
  ])('does not hold for %s', (_, a, b) => {
    expect(areIndependent(a, b)).toBeFalse()
  })
})
