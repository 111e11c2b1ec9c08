/** Schemas of answers: JSON Schemas as they are, and those of the Standard Schema, which can look at an answer too. */

import { isPromiseLike, messageOf } from '../../kit/index.ts'

interface Standard {
  validate(value: unknown): unknown
  readonly jsonSchema?: { input(options: { target: string }): object }
}

const standardOf = (schema: object | undefined): Standard | undefined =>
  (schema as { readonly '~standard'?: Standard } | undefined)?.['~standard']

/** What the wire has of a schema. */
export function jsonSchemaOf(schema: object | undefined): object | undefined {
  const standard = standardOf(schema)
  return standard === undefined ? schema : standard.jsonSchema?.input({ target: 'draft-2020-12' })
}

/** What keeps a value from being what a schema asks for, as far as the schema can tell at once. Does not throw. */
export function problemOf(schema: object | undefined, value: unknown): string | undefined {
  try {
    const result = standardOf(schema)?.validate(value) as
      | { readonly issues?: readonly { readonly message: string }[] }
      | undefined
    if (isPromiseLike(result)) {
      result.then(undefined, () => {})
      return 'its schema is asynchronous, and an answer is taken or refused at once'
    }
    return result?.issues?.map(({ message }) => message).join(' ')
  } catch (error) {
    return messageOf(error)
  }
}
