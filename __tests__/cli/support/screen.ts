const ESCAPE = '\u001b['
const SEQUENCE_OR_CHARACTER = new RegExp(`${ESCAPE.replace('[', '\\[')}[0-9]*[A-Za-z]|.`, 'gsu')

/** A terminal as far as the live view uses one: moves up, returns, clears, newlines and scrolling. */
export class Screen {
  readonly #columns: number
  readonly #rows: number
  #lines: string[] = ['']
  #row = 0
  #column = 0

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#rows = rows
  }

  /** @returns the lines that stand on the screen after the text, without the empty ones below. */
  show(text: string): string[] {
    for (const part of text.match(SEQUENCE_OR_CHARACTER) ?? []) this.#take(part)
    while (this.#lines.at(-1) === '') this.#lines.pop()
    return this.#lines.map((line) => line.trimEnd())
  }

  #take(part: string): void {
    if (part === '\n') this.#newline()
    else if (part === '\r') this.#column = 0
    else if (part.endsWith('K')) this.#set(this.#line.slice(0, this.#column))
    else if (part.endsWith('J')) this.#clearBelow()
    else if (part.startsWith(ESCAPE))
      this.#row = Math.max(0, this.#row - Number.parseInt(part.slice(ESCAPE.length), 10))
    else this.#print(part)
  }

  get #line(): string {
    return this.#lines[this.#row] ?? ''
  }

  #set(line: string): void {
    this.#lines[this.#row] = line
  }

  #clearBelow(): void {
    this.#set(this.#line.slice(0, this.#column))
    this.#lines.length = this.#row + 1
  }

  #print(character: string): void {
    if (this.#column === this.#columns) this.#newline()
    const line = this.#line.padEnd(this.#column)
    this.#set(line.slice(0, this.#column) + character + line.slice(this.#column + 1))
    this.#column += 1
  }

  // The terminal's own setting makes a newline return as well.
  #newline(): void {
    this.#column = 0
    this.#row += 1
    this.#lines[this.#row] ??= ''
    if (this.#row < this.#rows) return
    this.#lines.shift()
    this.#row -= 1
  }
}
