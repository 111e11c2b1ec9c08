/** The UUIDs of a message. An empty one is let through both ways: some senders set the message and no value. */
import { create } from '@bufbuild/protobuf'
import { describeObject, invalid } from '../json/index.ts'
import { ADVICE } from './codec-error.ts'
import { type UUID, UUIDSchema } from './gen/qiki/common/uuid_pb.js'

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function requireUuid(value: unknown, field: string, advice: string): string {
  if (typeof value === 'string' && (value === '' || UUID_TEXT.test(value))) return value
  throw invalid(field, 'a UUID of 8-4-4-4-12 hexadecimal digits', describeObject(value), advice)
}

export function toUuid(value: string | null, field: string): UUID | undefined {
  return value === null ? undefined : create(UUIDSchema, { value: requireUuid(value, field, ADVICE.field) })
}

export function fromUuid(uuid: UUID | undefined, field: string): string | null {
  return uuid === undefined ? null : requireUuid(uuid.value, `${field}.value`, ADVICE.sender)
}
