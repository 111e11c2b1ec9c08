import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What to do where {@link findChartScript} finds nothing. */
export const CHARTS_HINT = 'Install chart.js 4 beside headgate (npm install chart.js) to get charts.'

/** Not among the exports of its package, so no resolver would find it. */
const SCRIPT = 'node_modules/chart.js/dist/chart.umd.min.js'

/**
 * Reads the program of chart.js 4 from the nearest `node_modules`, to be written into a report.
 *
 * It is looked for upwards from the working directory, then from where the running command lies: it is an
 * optional peer, so either may have it. Nothing is loaded into this process.
 *
 * @param folders - where to look, in order.
 * @returns undefined where it is not installed, or is another major version.
 */
export function findChartScript(folders: readonly string[] = usualFolders()): string | undefined {
  for (const start of folders) {
    for (let folder = start; ; folder = dirname(folder)) {
      const script = read(join(folder, SCRIPT))
      if (script !== undefined && /Chart\.js v4\./.test(script.slice(0, 200))) {
        // Without its last comment, which would make a browser's tools ask for a file that is not there.
        return script.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')
      }
      // The nearest one counts, as it does for an import.
      if (script !== undefined || folder === dirname(folder)) break
    }
  }
  return undefined
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function usualFolders(): string[] {
  const command = process.argv[1]
  try {
    return [process.cwd(), ...(command === undefined ? [] : [dirname(realpathSync(command))])]
  } catch {
    return [process.cwd()]
  }
}
