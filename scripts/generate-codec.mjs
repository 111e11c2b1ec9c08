/**
 * Generates the code of the codec's messages from `src/codec/proto` with buf and protoc-gen-es.
 *
 *     node scripts/generate-codec.mjs                  into src/codec/gen, which is committed
 *     node scripts/generate-codec.mjs --output FOLDER  below another folder, to compare
 */
import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'

const ROOT = join(import.meta.dirname, '..')
const TOOLS = join(ROOT, 'node_modules/.bin')
const BUF = join(ROOT, 'node_modules/@bufbuild/buf/bin/buf')

const { values } = parseArgs({ options: { output: { type: 'string', default: ROOT } } })
// buf finds the plug-in on the path.
const env = { ...process.env, PATH: `${TOOLS}${delimiter}${process.env.PATH}` }

for (const parameters of [['lint'], ['generate', '--output', values.output]]) {
  const buf = spawnSync(process.execPath, [BUF, ...parameters], { cwd: ROOT, stdio: 'inherit', env })
  if (buf.status !== 0) process.exit(1)
}
