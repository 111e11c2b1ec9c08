/** As much of JSON Schema as the frames need. What it does not know, it refuses to pass over. */
type Schema = Readonly<Record<string, unknown>>

const KNOWN = new Set(
  '$ref oneOf type const enum required properties additionalProperties minimum maximum maxLength'.split(' '),
)

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value

/** What is wrong with a value, a sentence each. */
export function problemsOf(value: unknown, schema: Schema, root: Schema, path = ''): string[] {
  for (const key of Object.keys(schema)) if (!KNOWN.has(key)) throw new Error(`unknown keyword: ${key}`)
  const at = (name: string, of: unknown): string[] =>
    problemsOf((value as Record<string, unknown>)[name], of as Schema, root, `${path}/${name}`)
  if (typeof schema.$ref === 'string') {
    const target = (root.$defs as Record<string, Schema>)[schema.$ref.replace('#/$defs/', '')]
    if (target === undefined) throw new Error(`no ${schema.$ref}`)
    return problemsOf(value, target, root, path)
  }
  if (Array.isArray(schema.oneOf)) {
    const fits = schema.oneOf.filter((each: Schema) => problemsOf(value, each, root, path).length === 0)
    return fits.length === 1 ? [] : [`${path} fits ${fits.length} of ${schema.oneOf.length}`]
  }
  const { type } = schema
  const isOfType = type === 'integer' ? Number.isInteger(value) : type === undefined || typeOf(value) === type
  if (!isOfType) return [`${path} is no ${type}`]
  if ('const' in schema && value !== schema.const) return [`${path} is not ${schema.const}`]
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return [`${path} is none of ${schema.enum}`]
  if (typeof value === 'number') {
    const { minimum = -Infinity, maximum = Infinity } = schema as { minimum?: number; maximum?: number }
    return value < minimum || value > maximum ? [`${path} is out of bounds`] : []
  }
  if (typeof value === 'string') {
    return value.length > Number(schema.maxLength ?? Infinity) ? [`${path} is too long`] : []
  }
  if (typeOf(value) !== 'object') return []
  const { required = [], properties = {} } = schema as { required?: string[]; properties?: Schema }
  return [
    ...required
      .filter((name) => !Object.hasOwn(value as object, name))
      .map((name) => `${path}/${name} is missing`),
    ...Object.keys(value as object).flatMap((name) => {
      const of = properties[name] ?? schema.additionalProperties
      return of === undefined ? [] : at(name, of)
    }),
  ]
}
