import { equal, notEqual } from 'node:assert/strict'

/** A library that keeps snapshots has made another object, and left the old one as it was. */
export function requireKept(before, after, read, expected) {
  notEqual(after, before, 'a write makes another snapshot')
  equal(read(before), expected, 'the snapshot from before the write is as it was')
}
