// A set of field paths, as managedFields.fieldsV1 writes it: a tree of path elements (`f:name`, `k:{"key":"v"}`, `v:value`, `i:0`),
// where a node may itself be a member (`.`). Immutable: every operation makes a new set.
// Source: structured-merge-diff's fieldpath.Set and its v1 serialization.
import { isMap, type JsonMap, type JsonValue } from '../json-value.ts'

export interface FieldSet {
  /** Whether the path that leads here is in the set. */
  readonly member: boolean
  readonly children: ReadonlyMap<string, FieldSet>
}

export const emptySet: FieldSet = { member: false, children: new Map() }
export const memberSet: FieldSet = { member: true, children: new Map() }

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0

const node = (member: boolean, children: Map<string, FieldSet>): FieldSet => {
  for (const [element, child] of children) if (isEmpty(child)) children.delete(element)
  return !member && !children.size ? emptySet : { member, children }
}

export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmpty(a)) return b
  if (isEmpty(b)) return a
  const children = new Map(a.children)
  for (const [element, child] of b.children) children.set(element, union(children.get(element) ?? emptySet, child))
  return node(a.member || b.member, children)
}

export const intersection = (a: FieldSet, b: FieldSet): FieldSet => {
  const children = new Map<string, FieldSet>()
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    if (other) children.set(element, intersection(child, other))
  }
  return node(a.member && b.member, children)
}

/** Members of `a` that are not members of `b`. What lies below a member of `b` stays. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => {
  const children = new Map(a.children)
  for (const [element, child] of b.children) {
    const mine = children.get(element)
    if (mine) children.set(element, difference(mine, child))
  }
  return node(a.member && !b.member, children)
}

/** As `difference`, but what lies below a member of `b` goes with it. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet => {
  if (b.member) return emptySet
  const children = new Map(a.children)
  for (const [element, child] of b.children) {
    const mine = children.get(element)
    if (mine) children.set(element, recursiveDifference(mine, child))
  }
  return node(a.member, children)
}

export const setEqual = (a: FieldSet, b: FieldSet): boolean =>
  a.member === b.member &&
  a.children.size === b.children.size &&
  [...a.children].every(([element, child]) => {
    const other = b.children.get(element)
    return other !== undefined && setEqual(child, other)
  })

/** Builds the set of the given paths, each a list of path elements. */
export const setOf = (...paths: readonly (readonly string[])[]): FieldSet =>
  paths.reduce<FieldSet>(
    (set, path) =>
      union(
        set,
        path.reduceRight<FieldSet>((child, element) => ({ member: false, children: new Map([[element, child]]) }), memberSet),
      ),
    emptySet,
  )

/** Collects members while walking an object; `build` gives the set. Cheaper than repeated unions. */
export class FieldSetBuilder {
  #member = false
  readonly #children = new Map<string, FieldSetBuilder>()
  insert(): void {
    this.#member = true
  }
  at(element: string): FieldSetBuilder {
    let child = this.#children.get(element)
    if (!child) this.#children.set(element, (child = new FieldSetBuilder()))
    return child
  }
  build(): FieldSet {
    return node(this.#member, new Map([...this.#children].map(([element, child]) => [element, child.build()])))
  }
}

export const toFieldsV1 = (set: FieldSet): JsonMap => {
  const out: JsonMap = {}
  if (set.member && set.children.size) out['.'] = {}
  for (const [element, child] of [...set.children].sort(([a], [b]) => (a < b ? -1 : 1))) out[element] = toFieldsV1(child)
  return out
}

/** Throws SyntaxError for what is no fieldsV1. */
export const fromFieldsV1 = (value: JsonValue | undefined): FieldSet => {
  const parse = (map: JsonValue | undefined, top: boolean): FieldSet => {
    if (!isMap(map)) throw new SyntaxError('fieldsV1 must be an object')
    const children = new Map<string, FieldSet>()
    let member = !top && Object.keys(map).length === 0
    for (const [element, child] of Object.entries(map)) {
      if (element === '.') member = true
      else if (/^[fkvi]:/.test(element)) children.set(element, parse(child, false))
      else throw new SyntaxError(`fieldsV1 has an unknown path element ${JSON.stringify(element)}`)
    }
    return node(member, children)
  }
  return value === undefined ? emptySet : parse(value, true)
}

/** Paths as messages and causes show them: .spec.containers[name="a"].image */
export const toPaths = (set: FieldSet): string[] => {
  const paths: string[] = []
  const visit = (at: FieldSet, prefix: string): void => {
    if (at.member) paths.push(prefix)
    for (const [element, child] of at.children) visit(child, prefix + showElement(element))
  }
  visit(set, '')
  return paths
}
const showElement = (element: string): string => {
  const rest = element.slice(2)
  switch (element[0]) {
    case 'f':
      return `.${rest}`
    case 'k':
      return `[${Object.entries(JSON.parse(rest) as JsonMap)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`
    case 'v':
      return `[=${rest}]`
    default:
      return `[${rest}]`
  }
}
