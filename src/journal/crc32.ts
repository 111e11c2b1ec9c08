/** CRC-32 (IEEE 802.3) of a text in UTF-8, as `zlib` and `cksum -o 3` have it. */
const utf8 = new TextEncoder()
let table: Int32Array | undefined

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte
    for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0xed_b8_83_20 : rest >>> 1
    return rest
  })
}

export function crc32(text: string): number {
  table ??= makeTable()
  let crc = -1
  for (const byte of utf8.encode(text)) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number)
  return ~crc >>> 0
}
