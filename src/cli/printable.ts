/** What a terminal would obey, or read in another order than it is written in, and halves of characters. */
const NOT_PRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\uFEFF]/gu

const shown = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * Shows control characters instead of letting a terminal obey them: an escape becomes `\u001b`. It is for text
 * of others that is printed for a person, before it is painted. JSON stays the JSON of the same value.
 */
export function printable(text: string): string {
  return text.replace(NOT_PRINTABLE, shown)
}
