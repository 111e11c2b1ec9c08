const { default: TestRunner } = require('jest-runner')

/** Runs the test files of a jest project one after another in one worker process, whatever `--maxWorkers` says. */
module.exports = class OneWorkerRunner extends TestRunner {
  /**
   * @param {import('jest-runner').Config.GlobalConfig} globalConfig
   * @param {import('jest-runner').TestRunnerContext} context
   */
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context)
  }
}
