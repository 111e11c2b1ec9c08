declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Whether `NODE_ENV` says that this is not production; a browser without a bundler that sets it counts as production. */
export function isDevelopment(): boolean {
  try {
    // Written out: bundlers replace exactly this text.
    return process.env.NODE_ENV !== 'production'
  } catch {
    return false
  }
}
