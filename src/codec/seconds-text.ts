/**
 * Milliseconds as a text of seconds, in the form in which Python prints a float, and back.
 *
 * The decimal point is moved in the text. A division by 1000 and a multiplication by 1000 round twice, and
 * about every tenth time come back as another double; a text that is only shifted comes back as the same one.
 */

/** `sign` digits × 10 ^ exponent. */
interface Decimal {
  readonly sign: string
  readonly digits: string
  readonly exponent: number
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  return { sign, digits: whole + fraction, exponent: Number(exponent) - fraction.length }
}

/** Formats as Python's `repr` of a float: at least one digit after the point; an exponent below 1e-4 and from 1e16. */
function pythonText({ sign, digits, exponent }: Decimal): string {
  const significant = digits.replace(/^0+/, '').replace(/0+$/, '')
  if (significant === '') return `${sign}0.0`
  /** Where the point stands, counted from the first significant digit. */
  const point = digits.replace(/^0+/, '').length + exponent
  if (point <= -4 || point > 16) {
    const [first, rest] = [significant[0], significant.slice(1)]
    const power = String(Math.abs(point - 1)).padStart(2, '0')
    return `${sign}${first}${rest && `.${rest}`}e${point > 0 ? '+' : '-'}${power}`
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${significant}`
  return `${sign}${significant.slice(0, point).padEnd(point, '0')}.${significant.slice(point) || '0'}`
}

/** Writes milliseconds as seconds. @param ms - a finite number */
export function toSecondsText(ms: number): string {
  // The cast holds: JavaScript prints every finite number in this form.
  const { sign, digits, exponent } = parseDecimal(Object.is(ms, -0) ? '-0' : String(ms)) as Decimal
  return pythonText({ sign, digits, exponent: exponent - 3 })
}

/** Reads seconds as milliseconds; undefined for a text that is not a decimal number, or too large for a double. */
export function fromSecondsText(text: string): number | undefined {
  const decimal = parseDecimal(text)
  if (decimal === undefined) return undefined
  const ms = Number(`${decimal.sign}${decimal.digits}e${decimal.exponent + 3}`)
  return Number.isFinite(ms) ? ms : undefined
}
