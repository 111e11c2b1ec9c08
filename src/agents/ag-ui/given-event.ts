/** Events as they come from anywhere, read field by field. */
import { describeValue, HeadgateError } from '../../kit/index.ts'

export type Given = Readonly<Record<string, unknown>>

/** @throws `AGUI_EVENT_INVALID` */
export function refuseEvent({ type }: Given, problem: string): never {
  throw new HeadgateError('AGUI_EVENT_INVALID', { type: String(type), problem })
}

export function textIn(given: Given, field: string, event: Given = given): string {
  const value = given[field]
  return typeof value === 'string'
    ? value
    : refuseEvent(event, `"${field}" is a text, and not ${describeValue(value)}`)
}

export function objectIn(event: Given, field: string): Given {
  const value = event[field]
  if (typeof value === 'object' && value !== null) return value as Given
  return refuseEvent(event, `"${field}" is an object, and not ${describeValue(value)}`)
}
