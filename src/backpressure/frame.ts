import { GATED_MAX, GatedStrategy } from './gated-strategy.ts'
import { checkMs, checkNames } from './options.ts'
import { madePolicy, type SinglePolicy } from './policy.ts'
import type { Port, Versioned } from './strategy.ts'

/** See {@link frame}. */
export interface FramePolicy extends SinglePolicy<'frame'> {
  readonly maxWaitMs: number
}

/** About one frame at 60 Hz, where there are no frames. */
const FRAME_MS = 16

/**
 * Lets the newest through with the next animation frame; for rendering.
 *
 * A hidden tab has no frames, so a timer runs beside: after `maxWaitMs` the newest is delivered all the
 * same. Where there is no `requestAnimationFrame` (Node) a timer of 16 ms takes its place. A version
 * written inside the frame's callback waits for the next frame.
 *
 * @param options.maxWaitMs - milliseconds, an integer from 0 to 2 147 483 647; default 100.
 * @throws `POLICY_INVALID`
 */
export function frame(options: { maxWaitMs?: number } = {}): FramePolicy {
  checkNames(options, { maxWaitMs: true }, 'frame()')
  const { maxWaitMs = 100 } = options
  checkMs('maxWaitMs', maxWaitMs, 0)
  return madePolicy(
    { kind: 'frame', label: `frame:${maxWaitMs}`, capacity: GATED_MAX, maxWaitMs },
    (port) => new FrameStrategy(maxWaitMs, port),
  )
}

class FrameStrategy<T extends Versioned> extends GatedStrategy<T> {
  readonly #maxWaitMs: number
  #frame: number | undefined

  constructor(maxWaitMs: number, port: Port<T>) {
    super(port)
    this.#maxWaitMs = maxWaitMs
  }

  offer(entry: T): void {
    this.hold(entry)
    if (this.timer.running) return
    const hasFrames = typeof requestAnimationFrame === 'function'
    this.timer.start(hasFrames ? this.#maxWaitMs : FRAME_MS)
    if (!hasFrames || !this.timer.running) return
    // The stub of many test suites calls at once: what it returns then is no frame to wait for.
    let came = false
    const frame = requestAnimationFrame(() => {
      came = true
      this.due()
    })
    if (!came) this.#frame = frame
  }

  protected override due(): void {
    this.stop()
    super.due()
  }

  protected override stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    super.stop()
  }
}
