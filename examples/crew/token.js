// @ts-check
/** The secret that is in the address of the page. It is kept beside the journal, so that a page outlives a restart. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The token of a folder; made the first time. Its file is for its owner alone, and so is the folder, journal included,
 * if it is made here.
 *
 * @param {string} folder
 */
export function tokenOf(folder) {
  const file = join(folder, 'page-token')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const made = randomBytes(24).toString('base64url')
  try {
    writeFileSync(file, made, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
  }
  const found = readFileSync(file, 'utf8')
  if (found.length === made.length) return found
  // Whoever created the file was killed before it was written.
  writeFileSync(file, made)
  return made
}

/**
 * Compares in a time that does not say how much of it was right.
 *
 * @param {string | null | undefined} given
 * @param {string} token
 */
export function isSame(given, token) {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}
