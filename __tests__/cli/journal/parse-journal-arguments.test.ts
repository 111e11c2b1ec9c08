import { describe, expect, test } from '@jest/globals'
import { parseJournalArguments } from '../../../src/cli/journal/parse-journal-arguments.ts'

const refusal = (...words: string[]): string => {
  try {
    parseJournalArguments(words)
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

describe('parseJournalArguments', () => {
  test('reads an action, a folder and what the action takes', () => {
    expect(parseJournalArguments(['at', 'data', '7', '--name', 'rover', '--json'])).toEqual({
      action: 'at',
      folder: 'data',
      version: 7,
      name: 'rover',
      from: undefined,
      to: undefined,
      newestFirst: false,
      keep: 10_000,
      json: true,
    })
    const listed = parseJournalArguments(['cat', 'data', '--from', '3', '--to', '9', '--newest-first'])
    expect(listed).toMatchObject({ from: 3, to: 9, newestFirst: true, name: undefined })
    expect(parseJournalArguments(['compact', 'data', '--keep', '5'])).toMatchObject({ keep: 5 })
  })

  test('gives way to help', () => {
    expect(parseJournalArguments(['--help'])).toBeUndefined()
    expect(parseJournalArguments(['nonsense', '-h'])).toBeUndefined()
  })

  test.each([
    [[], 'Expected an action.'],
    [
      ['dump'],
      'Expected the action to be one of ls, cat, at, verify, repair, compact, export, import, got "dump".',
    ],
    [['ls'], '"ls" expects the folder of a journal.'],
    [['ls', 'a', 'b'], '"ls" does not expect "b".'],
    [['at', 'a'], '"at" expects a version behind the folder.'],
    [['at', 'a', 'one'], 'Expected the version to be an integer from 0, got "one".'],
    [['at', 'a', '-1'], "Unknown option '-1'."],
    [['cat', 'a', '--from', '-1'], 'Expected --from to be an integer from 0, got "-1".'],
    [['compact', 'a', '--keep', '0'], 'Expected --keep to be an integer from 1, got "0".'],
    [['ls', 'a', '--name', 'x'], '--name says nothing to "ls".'],
    [['at', 'a', '1', '--from', '2'], '--from says nothing to "at".'],
    [['ls', 'a', '--colour'], "Unknown option '--colour'."],
  ])('refuses %j', (words, message) => {
    expect(refusal(...words)).toBe(message)
  })
})
