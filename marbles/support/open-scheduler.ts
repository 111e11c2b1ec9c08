import { expect } from '@jest/globals'
import { TestScheduler } from 'rxjs/testing'

/** A test scheduler whose diagrams are compared by jest. */
export const openScheduler = (): TestScheduler =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected))
