/** The state that the tests of paths look into. */
export interface World {
  robots: Record<string, { pose: { x: number; y: number }; battery: number }>
  log: string[]
  zones: Map<string, { open: boolean }>
  mode: string
}

/** A state with so many robots, all at the origin. */
export const world = (robots = 2): World => ({
  robots: Object.fromEntries(
    Array.from({ length: robots }, (_, index) => [`r${index}`, { pose: { x: 0, y: 0 }, battery: 100 }]),
  ),
  log: ['start'],
  zones: new Map([['dock', { open: true }]]),
  mode: 'idle',
})

/** A recipe that moves one robot along x. */
export const move =
  (id: string, x: number): ((draft: World) => void) =>
  (draft: World): void => {
    const robot = draft.robots[id]
    if (robot !== undefined) robot.pose.x = x
  }
