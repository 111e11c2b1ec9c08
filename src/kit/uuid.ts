/**
 * Makes a random UUID (version 4).
 *
 * `crypto.randomUUID` exists only in secure contexts; a page served over plain HTTP has just
 * `getRandomValues`, from which the same 122 random bits are taken (RFC 9562, section 5.4). React Native and old
 * workers have neither: there `Math.random` must do, as an id is no secret.
 */
export function randomUuid(): string {
  const platform: Partial<Crypto> | undefined = (globalThis as { crypto?: Partial<Crypto> }).crypto
  if (typeof platform?.randomUUID === 'function') return platform.randomUUID()
  const bytes = new Uint8Array(16)
  if (typeof platform?.getRandomValues === 'function') platform.getRandomValues(bytes)
  else for (let i = 0; i < 16; i += 1) bytes[i] = Math.random() * 256
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
