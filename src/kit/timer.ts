/** What a timer of the platform can wait, in milliseconds: one that is set to more is due at once. */
export const TIMER_MS_MAX = 2_147_483_647
