const vm = require('node:vm')
const { TestEnvironment } = require('jest-environment-node')

/**
 * The Node test environment, with each module compiled once in a worker.
 *
 * Each test file loads each module anew, three hundred for a store, in a context of its own, and jest compiles all of
 * them each time. Here a module is compiled as a script, which any context can run: what the engine has compiled of it,
 * down to the functions that were called, serves the next test file too. That halves what loading costs.
 */
module.exports = class extends TestEnvironment {
  /**
   * Finalizers that are due run first. V8 runs none any more, of any registry in this worker, once it has let go of a
   * registry between the collection that found something for it and the task that was to call it.
   *
   * @override
   */
  async teardown() {
    for (let task = 0; task < 3; task += 1) await new Promise((resolve) => setImmediate(resolve))
    await super.teardown()
  }
}

/**
 * The scripts of modules, by their paths.
 *
 * @type {Map<string, { source: string, script: vm.Script }>}
 */
const known = new Map()
const { compileFunction } = vm
const TEST_FILE = /\.test\.tsx?$/

/** @type {typeof compileFunction} */
vm.compileFunction = (source, params = [], options = {}) => {
  const { filename = '', parsingContext } = options
  // A test file is loaded once.
  if (parsingContext === undefined || TEST_FILE.test(filename))
    return compileFunction(source, params, options)
  let module = known.get(filename)
  if (module?.source !== source) {
    const head = `(function (${params.join(', ')}) {`
    // No `importModuleDynamically`: it belongs to the test file that came first, and only says that jest cannot.
    const script = new vm.Script(`${head}${source}\n})`, { filename, columnOffset: -head.length })
    module = { source, script }
    known.set(filename, module)
  }
  return module.script.runInContext(parsingContext)
}
