/** Folders for journals, which are gone after the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { ClassicLevel } from 'classic-level'
import { type JournalEngine, levelEngine } from '../../../src/journal/index.ts'

const made: string[] = []

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** The path of a folder that is not there yet. */
export function journalFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'headgate-journal-'))
  made.push(parent)
  return join(parent, 'journal')
}

export const engineOf = (folder: string): JournalEngine => levelEngine(new ClassicLevel(folder))
