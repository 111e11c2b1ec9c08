import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What to do where {@link findChartScript} finds nothing. */
export const CHARTS_HINT = 'Install chart.js 4 beside headgate (npm install chart.js) to get charts.'

/**
 * Reads the program of chart.js 4 from the nearest `node_modules`, to be written into a report.
 *
 * It is looked for from the working directory, then from where the running command lies: it is an optional
 * peer, so either may have it. Nothing is loaded into this process.
 *
 * @param folders - where to look, in order.
 * @returns undefined where it is not installed, or is another major version.
 */
export function findChartScript(folders: readonly string[] = usualFolders()): string | undefined {
  for (const folder of folders) {
    try {
      const entry = createRequire(join(folder, 'any.js')).resolve('chart.js')
      // The file is not among the package's exports; it stands beside the one that is.
      const script = readFileSync(join(dirname(entry), 'chart.umd.min.js'), 'utf8')
      // Without its last comment, which would make a browser's tools ask for a file that is not there.
      if (/Chart\.js v4\./.test(script.slice(0, 200)))
        return script.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '')
    } catch {
      // Not here.
    }
  }
  return undefined
}

function usualFolders(): string[] {
  const command = process.argv[1]
  try {
    return [process.cwd(), ...(command === undefined ? [] : [dirname(realpathSync(command))])]
  } catch {
    return [process.cwd()]
  }
}
