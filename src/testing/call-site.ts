/**
 * The place in a user's code from which something was called, past the frames of RxJS and of this package.
 *
 * The package does not know where it lies without `import.meta`, which CommonJS lacks; the stack of this
 * module, as it is loaded, tells. In a bundle it does not: then only RxJS and Node are passed over.
 */

import { stackTextOf } from '../kit/index.ts'

const FRAMES_MAX = 60

const OWN_ROOT = /(?:\(|at )([^()]*)[\\/]testing[\\/]call-site\.\w+:/.exec(stackTextOf(new Error()))?.[1]

const isForeign = (frame: string): boolean =>
  !/node_modules[\\/]rxjs[\\/]|\(?node:/.test(frame) && (OWN_ROOT === undefined || !frame.includes(OWN_ROOT))

/** Notes where this is called; the result formats the place when it is asked. */
export function noteCallSite(): () => string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES_MAX
  const site = new Error('called here')
  Error.stackTraceLimit = stackTraceLimit
  return () => {
    const frames = stackTextOf(site)
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
    return frames.find(isForeign)?.trim().replace(/^at /, '') ?? 'an unknown place'
  }
}
