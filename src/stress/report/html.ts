/**
 * HTML by template, escaped unless it is HTML already: what a scenario or a store says can hold any character,
 * so forgetting to escape must not be possible. {@link trusted} is for texts of this package only.
 */

/** A piece of HTML. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a template: text is escaped; nothing stands for `undefined` and `false`. */
export type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Makes HTML of a template literal. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.reduce((text, string, index) => `${text}${textOf(parts[index - 1])}${string}`))
}

/** Takes a text as HTML, unescaped. */
export function trusted(text: string): Html {
  return new Html(text)
}

/** A `script` element with JSON in it; no text in the data can end the element or open a comment. */
export function jsonScript(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replace(/</g, '\\u003c')
  return html`<script type="application/json" id="${id}">${trusted(json)}</script>`
}

/** A `script` element with a program in it. */
export function programScript(program: string): Html {
  // In a program both can stand only in a string, a comment or a regular expression, where the escape is the same.
  const safe = program.replace(/<\/(?=script)/gi, '<\\/').replace(/<!--/g, '<\\!--')
  return html`<script>${trusted(safe)}</script>`
}

function textOf(part: HtmlPart): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map(textOf).join('')
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
