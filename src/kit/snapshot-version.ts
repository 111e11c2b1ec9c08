/**
 * The highest version that may come from elsewhere: half of the integers that a number can tell apart. So 2^52
 * versions are left to whoever adopts it, which a million writes a second do not use up in 140 years.
 */
export const VERSION_MAX: number = 2 ** 52

/** Whether a value may be the version of a snapshot that comes from elsewhere. */
export const isVersion = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= VERSION_MAX
