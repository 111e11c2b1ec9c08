/** Server-sent events as text: what a stream of them says, and how one is written. */

export interface SseEvent {
  readonly name: string
  readonly data: string
}

/** An event of text; without a name it is a message. Every line of it is a line of its own. */
export const writeEvent = (data: string, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${data.replaceAll('\n', '\ndata: ')}\n\n`

/** Reads events out of a text that comes in pieces. */
export class SseReader {
  readonly #charactersMax: number
  #pieces: string[] = []
  #length = 0

  /** @param charactersMax - of one event; a stream that says more is not believed */
  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax
  }

  /** The events that are whole with a piece; undefined where one is longer than it may be. */
  read(piece: string): SseEvent[] | undefined {
    if (piece === '') return []
    const end = (this.#pieces.at(-1)?.at(-1) ?? '') + piece
    this.#pieces.push(piece)
    this.#length += piece.length
    // An end may be cut in two: it is looked for with the character before.
    if (end.includes('\n\n')) return this.#split()
    return this.#length > this.#charactersMax ? undefined : []
  }

  #split(): SseEvent[] | undefined {
    const texts = this.#pieces.join('').split('\n\n')
    const rest = texts.pop() as string // a text that is split has a last part
    this.#pieces = [rest]
    this.#length = rest.length
    if ([...texts, rest].some(({ length }) => length > this.#charactersMax)) return undefined
    return texts.map(eventOf)
  }
}

function eventOf(text: string): SseEvent {
  let name = 'message'
  const data: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('data: ')) data.push(line.slice(6))
    else if (line.startsWith('event: ')) name = line.slice(7)
  }
  return { name, data: data.join('\n') }
}
