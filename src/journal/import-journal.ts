import { HeadgateError, isVersion, messageOf } from '../kit/index.ts'
import type { JournalEngine, JournalEntry } from './engine.ts'
import { JournalLog } from './journal-log.ts'
import { journalNames } from './journal-names.ts'
import { checkName } from './journal-options.ts'
import { checkFormat, type Meta, metaEntry, withDefaults } from './meta.ts'
import { JournalKeys, recordOf, type Seal } from './record.ts'

/** Records of one write to the engine. */
const GROUP_MAX = 256

/**
 * Creates a journal in an open engine from what another one's `export()` yielded, checking each record.
 *
 * @param options - `name`: default the name of the exported journal
 * @returns its name and its number of records
 * @throws `JOURNAL_EXISTS`; `JOURNAL_VERSION`; `OPTION_INVALID` with the number of a line that is not a record, or is
 * missing; what was written before that line stays.
 */
export async function importJournal(
  engine: JournalEngine,
  lines: AsyncIterable<string> | Iterable<string>,
  options: { readonly name?: string | undefined; readonly seal?: Seal | undefined } = {},
): Promise<{ readonly name: string; readonly records: number }> {
  let log: JournalLog<unknown> | undefined
  let name = ''
  let group: JournalEntry[] = []
  let line = 0
  let records = 0
  let expected: number | undefined
  for await (const text of lines) {
    line += 1
    if (text.trim() === '') continue
    if (log === undefined) {
      const meta = read(line, 'what a journal says of itself', () => metaOf(text))
      name = options.name ?? meta.journal
      checkName(name)
      checkFormat(meta, name)
      if ((await journalNames(engine)).includes(name)) {
        throw new HeadgateError('JOURNAL_EXISTS', { journal: name })
      }
      log = new JournalLog(engine, new JournalKeys(name), name, options.seal)
      group.push(metaEntry(log, meta))
      continue
    }
    expected = read(line, 'JSON', () => JSON.parse(text)?.records)
    if (expected !== undefined) continue
    const record = read(line, 'a record of a journal', () => checkedRecord(text))
    group.push(await log.entryOf('state' in record ? 's' : 'c', record))
    records += 1
    if (group.length >= GROUP_MAX) {
      await engine.write(group)
      group = []
    }
  }
  if (log === undefined) read(1, 'what a journal says of itself', () => metaOf('null'))
  await engine.write(group)
  if (expected !== records) {
    throw new HeadgateError('OPTION_INVALID', {
      option: `line ${line + 1}`,
      expected: 'the number of records, which ends an export',
      received: `the end behind ${records} of ${expected ?? 'an unknown number of'} records`,
    })
  }
  return { name, records }
}

function read<Value>(line: number, expected: string, work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    const received = messageOf(error)
    throw new HeadgateError(
      'OPTION_INVALID',
      { option: `line ${line}`, expected, received },
      { cause: error },
    )
  }
}

function metaOf(text: string): Meta & { journal: string } {
  const meta: unknown = JSON.parse(text)
  const { journal, format, schema, ...rest } = (meta ?? {}) as Record<string, unknown>
  if (typeof journal === 'string' && typeof format === 'number' && typeof schema === 'number') {
    return { journal, ...withDefaults({ ...rest, format, schema }) }
  }
  throw new Error(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

function checkedRecord(text: string): ReturnType<typeof recordOf> {
  const record = recordOf(text)
  const isNumbered = isVersion(record.version) && (isVersion(record.from) || record.from === -1)
  if (isNumbered && ('ops' in record || record.state !== undefined)) return record
  throw new Error('one without its version, or without a state')
}
