/**
 * CRC-32 (IEEE 802.3) of a text in UTF-8, as `zlib` and `cksum -o 3` have it: that of zlib where the platform has it.
 *
 * The module is asked of the process, not imported: a journal is kept in browsers, too.
 */
interface Zlib {
  /** Since Node 20.15. */
  readonly crc32?: (text: string) => number
}

declare const process: { getBuiltinModule?(name: string): Zlib | undefined } | undefined

function findNative(): Zlib['crc32'] {
  try {
    return typeof process === 'undefined' ? undefined : process?.getBuiltinModule?.('node:zlib')?.crc32
  } catch {
    return undefined // a process that is somebody's imitation
  }
}

let find: ((text: string) => number) | undefined

export function crc32(text: string): number {
  find ??= findNative() ?? crc32ByTable
  return find(text)
}

const utf8 = new TextEncoder()
let table: Int32Array | undefined

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte
    for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0xed_b8_83_20 : rest >>> 1
    return rest
  })
}

/** The same without zlib. */
export function crc32ByTable(text: string): number {
  table ??= makeTable()
  let crc = -1
  for (const byte of utf8.encode(text)) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number)
  return ~crc >>> 0
}
