/** Bytes in use once what is garbage has gone. */
export function heapUsed() {
  for (let i = 0; i < 4; i += 1) globalThis.gc()
  return process.memoryUsage().heapUsed
}
