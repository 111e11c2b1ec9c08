/** Spoils frames: what a stranger may send who knows how honest ones look. */
import type { Random } from './random.ts'

const NASTY: readonly string[] = [
  '"__proto__"',
  '"constructor"',
  '{"$headgate":"undefined"}',
  '-1',
  '1e999',
  '9007199254740993',
  'null',
  '[]',
  '{}',
  '""',
  '"\\ud800"',
  '\u0000',
]

/** How deep, and how long, what is too deep or too long is. */
const DEPTH = 20_000
const LONG = 2_000_000

/** One of a list; the list must not be empty. */
const one = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

const between = (random: Random, text: string): number => Math.floor(random() * (text.length + 1))

/** Each is given a frame and spoils it at one place. */
const WAYS: readonly ((frame: string, random: Random) => string)[] = [
  (frame, random) => splice(frame, between(random, frame), 1, String.fromCharCode(random() * 0x10000)),
  (frame, random) => splice(frame, between(random, frame), 1, one(random, [...'{}[]",:0e-tn\\'])),
  (frame, random) => frame.slice(0, between(random, frame)),
  (frame, random) => splice(frame, between(random, frame), Math.floor(random() * 20), ''),
  (frame, random) => {
    const at = between(random, frame)
    return splice(frame, at, 0, frame.slice(at, at + Math.floor(random() * 30)))
  },
  (frame, random) =>
    frame.replace(/:("[^"]*"|\d+)/g, (value) => (random() < 0.3 ? `:${one(random, NASTY)}` : value)),
  (frame, random) => frame.replace(/"(\w+)":/g, (key) => (random() < 0.2 ? `${one(random, NASTY)}:` : key)),
  (frame, random) => frame.replace(/\d+/g, (digits) => `${Number(digits) + Math.floor(random() * 3) - 1}`),
]

const splice = (text: string, at: number, removed: number, added: string): string =>
  text.slice(0, at) + added + text.slice(at + removed)

/** A frame that is spoiled at one place or a few. */
export function spoiled(frame: string, random: Random): string {
  let text = frame
  for (let places = 1 + Math.floor(random() * 3); places > 0; places -= 1)
    text = one(random, WAYS)(text, random)
  return text
}

/** Frames that are made to cost: too deep, too long, no text. */
export const costly: readonly (string | Uint8Array)[] = [
  '['.repeat(DEPTH),
  '{"a":'.repeat(DEPTH),
  `{"t":"hello","clientId":"${'x'.repeat(LONG)}"}`,
  `{"t":"ping","at":${'9'.repeat(LONG)}}`,
  new Uint8Array(LONG),
  new Uint8Array([0xff, 0xfe, 0xfd]),
  '',
]
