/**
 * Tries the packed tarball as a new user would: in an empty folder for each trial, with the package managers,
 * TypeScripts, bundlers, runtimes and test runners that people have. It needs a registry, and some minutes.
 *
 *     npm run trials                 all
 *     npm run trials -- --only vite  one; --list names them
 *     npm run trials -- --keep       leaves the folders, and says where
 *
 * Each trial is data, in trials/trials.mjs.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { trials } from './trials/trials.mjs'

const ROOT = join(import.meta.dirname, '..')
const FILES = join(import.meta.dirname, 'trials/files')
const COMMAND_MS = 300_000

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    list: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})

/**
 * Runs a command in a folder; throws with what it printed where it fails, or does not print what is expected.
 *
 * @param {string} cwd
 * @param {import('./trials/trials.mjs').Command} command
 */
function run(cwd, [line, expected]) {
  const { status, stdout, stderr } = spawnSync(line, {
    cwd,
    shell: true,
    encoding: 'utf8',
    timeout: COMMAND_MS,
    env: { ...process.env, CI: 'true', NEXT_TELEMETRY_DISABLED: '1', YARN_ENABLE_TELEMETRY: '0' },
  })
  if (status === 0 && (expected === undefined || stdout.includes(expected))) return
  const wanted = expected === undefined ? '' : `, or did not print '${expected}'`
  throw new Error(
    `\`${line}\` ended with ${status}${wanted}:\n${stdout.slice(-4_000)}${stderr.slice(-4_000)}`,
  )
}

/**
 * @param {import('./trials/trials.mjs').Trial} trial
 * @param {string} folder
 * @param {string} tarball
 */
function attempt({ files = {}, copies = [], commands, manifest = {} }, folder, tarball) {
  mkdirSync(folder, { recursive: true })
  cpSync(tarball, join(folder, 'headgate.tgz'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'trial', private: true, ...manifest }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const [from, to = from] of copies) {
    mkdirSync(dirname(join(folder, to)), { recursive: true })
    cpSync(join(FILES, from), join(folder, to))
  }
  for (const command of commands) run(folder, command)
}

/** The tarball that would be published now. @param {string} folder */
function pack(folder) {
  run(ROOT, ['node scripts/build.mjs'])
  run(ROOT, [`npm pack --ignore-scripts --silent --pack-destination ${JSON.stringify(folder)}`])
  return join(folder, readdirSync(folder)[0] ?? '')
}

const chosen = trials.filter(({ name }) => values.only?.includes(name) ?? true)
if (values.list) {
  for (const { name, tells } of trials) console.log(`${name.padEnd(14)}${tells}`)
} else if (chosen.length === 0) {
  console.error(`No trial is called ${values.only}. \`npm run trials -- --list\` names them.`)
  process.exitCode = 1
} else {
  const base = mkdtempSync(join(tmpdir(), 'headgate-trials-'))
  mkdirSync(join(base, 'pack'))
  const tarball = pack(join(base, 'pack'))
  for (const [index, trial] of chosen.entries()) {
    process.stdout.write(`${index + 1}/${chosen.length} ${trial.name.padEnd(14)}`)
    const began = Date.now()
    try {
      attempt(trial, join(base, trial.name), tarball)
      console.log(`ok, ${Math.round((Date.now() - began) / 1_000)} s`)
    } catch (error) {
      console.log(`FAILED\n${error instanceof Error ? error.message : error}`)
      process.exitCode = 1
    }
  }
  if (values.keep) console.log(base)
  else rmSync(base, { recursive: true, force: true })
}
