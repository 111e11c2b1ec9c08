const vm = require('node:vm')
const { TestEnvironment } = require('jest-environment-node')

/**
 * The Node test environment, with V8's code cache kept from one test file to the next.
 *
 * Each test file loads each module anew, three hundred for a store, and jest compiles all of them each time. One
 * worker loads the same modules again and again, so the source is read once: a quarter less of what loading costs.
 */
module.exports = TestEnvironment

/**
 * What the engine made of a module, by its path.
 *
 * @type {Map<string, { source: string, data: Buffer }>}
 */
const known = new Map()
const TEST_FILE = /\.test\.tsx?$/
const { compileFunction } = vm

/** @type {typeof compileFunction} */
vm.compileFunction = (source, params, options = {}) => {
  const { filename = '' } = options
  // Loaded once.
  if (TEST_FILE.test(filename)) return compileFunction(source, params, options)
  const cached = known.get(filename)
  if (cached?.source === source) {
    const compiled = compileFunction(source, params, { ...options, cachedData: cached.data })
    if (!compiled.cachedDataRejected) return compiled
  }
  // The engine refuses what was made under other flags.
  const compiled = compileFunction(source, params, { ...options, produceCachedData: true })
  // A copy: the engine makes the buffer in the test's context, and would keep that for as long as the buffer.
  if (compiled.cachedData !== undefined)
    known.set(filename, { source, data: Buffer.from(compiled.cachedData) })
  return compiled
}
