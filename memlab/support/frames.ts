/**
 * A page's animation frames, for Node: asked for, kept until cancelled, and never shown.
 *
 * So `frame` is always left in mid-window, and a request that is not taken back is a leak that is found.
 */
const requests = new Map<number, FrameRequestCallback>()
let created = 0

globalThis.requestAnimationFrame = (callback: FrameRequestCallback): number => {
  created += 1
  requests.set(created, callback)
  return created
}

globalThis.cancelAnimationFrame = (id: number): void => {
  requests.delete(id)
}
