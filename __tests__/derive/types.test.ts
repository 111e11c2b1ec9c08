/** What must not compile of derived values and transactions. */
import { describe, expect, test } from '@jest/globals'
import { createStore, derive, transact } from '../../src/index.ts'

const a = createStore(1)
const b = createStore('x')
const view = derive([a], (n) => n + 1)
const record = createStore({ n: 1 })

/** Type-checks what is inside and never runs it. */
const refused = (work: () => void): void => expect(work).toBeInstanceOf(Function)

describe('derive does not compile', () => {
  test('from what cannot be read', () => {
    refused(() => {
      // @ts-expect-error a number is no source
      derive([3], (n) => n)
      // @ts-expect-error sources are a list or a record
      derive(a, (n: number) => n)
      // @ts-expect-error a number cannot be read
      derive((read) => read(3))
    })
  })
  test('with a function that its sources do not fit', () => {
    refused(() => {
      // @ts-expect-error the state is a number
      derive([a], (n: string) => n)
      // @ts-expect-error there is no source c
      derive({ a, b }, ({ c }) => c)
      // @ts-expect-error something is made of them
      derive([a])
    })
  })
  test('with options that it does not have', () => {
    refused(() => {
      // @ts-expect-error "equal" is a function
      derive([a], (n) => n, { equal: 3 })
      // @ts-expect-error "equal" is the word
      derive([a], (n) => n, { equals: Object.is })
      // @ts-expect-error a name is text
      derive([a], (n) => n, { name: 3 })
    })
  })
  test('where it is written to', () => {
    refused(() => {
      // @ts-expect-error nobody sets it
      view.set(3)
      // @ts-expect-error nor runs a recipe
      view.update(() => 3)
      // @ts-expect-error its state is read-only
      view.state = 3
    })
  })
})

describe('transact does not compile', () => {
  test('over what is no store', () => {
    refused(() => {
      // @ts-expect-error a derived value has no writes
      transact([a, view], () => 1)
      // @ts-expect-error nor has a selection
      transact([record.select('n')], () => 1)
      // @ts-expect-error stores are a list
      transact(a, () => 1)
    })
  })
  test('with work that is none, or that answers later', () => {
    refused(() => {
      // @ts-expect-error there is work
      transact([a])
      // @ts-expect-error it is synchronous
      transact([a, b], async () => 1)
      // @ts-expect-error a write has a reason
      transact([a], () => 1, { reson: 'x' })
    })
  })
})
