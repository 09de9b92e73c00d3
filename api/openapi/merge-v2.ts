// Puts documents of other servers beside our own, in Swagger 2.0: of each the paths under one prefix, and the definitions that they lead to. A
// definition whose name we have for something else gets another name. Pure.

type Json = Readonly<Record<string, unknown>>

export interface OtherDocument {
  readonly document: Json
  /** `/apis/GROUP/VERSION`. */
  readonly prefix: string
}

const refPrefix = '#/definitions/'
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const entriesOf = (value: unknown): [string, unknown][] => (isJson(value) ? Object.entries(value) : [])

/** Calls `see` with the name of every definition that `value` refers to. */
const eachRef = (value: unknown, see: (name: string) => void): void => {
  if (Array.isArray(value)) for (const item of value) eachRef(item, see)
  else if (isJson(value)) {
    const { $ref } = value
    if (typeof $ref === 'string' && $ref.startsWith(refPrefix)) see($ref.slice(refPrefix.length))
    for (const item of Object.values(value)) eachRef(item, see)
  }
}

const rename = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(value)) return value.map(item => rename(item, names))
  if (!isJson(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const to = key === '$ref' && typeof item === 'string' ? names.get(item.slice(refPrefix.length)) : undefined
      return [key, to === undefined ? rename(item, names) : refPrefix + to]
    }),
  )
}

/** The definitions that the paths lead to, by way of others too. */
const reachable = (paths: readonly unknown[], definitions: ReadonlyMap<string, unknown>): Map<string, unknown> => {
  const found = new Map<string, unknown>()
  const waiting: unknown[] = [...paths]
  while (waiting.length) {
    eachRef(waiting.pop(), name => {
      if (found.has(name) || !definitions.has(name)) return
      found.set(name, definitions.get(name))
      waiting.push(definitions.get(name))
    })
  }
  return found
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What is malformed in another's document is left out. */
export const mergeOpenApiV2 = (own: Json, others: readonly OtherDocument[]): Json => {
  const paths = new Map(entriesOf(own['paths']))
  const definitions = new Map(entriesOf(own['definitions']))
  for (const { document, prefix } of others) {
    const theirs = entriesOf(document['paths']).filter(([path]) => path === prefix || path === `${prefix}/` || path.startsWith(`${prefix}/`))
    const needed = reachable(
      theirs.map(([, item]) => item),
      new Map(entriesOf(document['definitions'])),
    )
    const names = new Map<string, string>()
    for (const [name, definition] of needed) {
      let free = name
      for (let n = 2; definitions.has(free) && !same(definitions.get(free), definition); n++) free = `${name}_v${n}`
      if (free !== name) names.set(name, free)
    }
    for (const [name, definition] of needed) definitions.set(names.get(name) ?? name, rename(definition, names))
    for (const [path, item] of theirs) if (!paths.has(path)) paths.set(path, rename(item, names))
  }
  const sorted = (map: ReadonlyMap<string, unknown>): Json => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...own, paths: Object.fromEntries(paths), definitions: sorted(definitions) }
}
