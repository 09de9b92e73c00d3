// Objects seen through a schema: which fields they set, how two differ, how one is merged into another, what is left when fields go.
// Source: structured-merge-diff's typed package.
import { isMap, jsonEqual, type JsonMap, type JsonValue } from '../json-value.ts'
import { type FieldSet, FieldSetBuilder, isEmpty } from './field-set.ts'

/** What apply needs to know of a schema. `untyped` is what a schema does not describe: maps merge, lists are atomic. */
export type ApplySchema =
  | { readonly kind: 'scalar' }
  | { readonly kind: 'untyped' }
  /** `field` gives declared fields only, `values` the schema of all other keys. */
  | { readonly kind: 'map'; readonly atomic: boolean; field(name: string): ApplySchema | undefined; readonly values?: ApplySchema }
  | { readonly kind: 'list'; readonly type: 'atomic' | 'set' }
  /** `keyDefaults` stand in for keys that an item leaves out. */
  | { readonly kind: 'list'; readonly type: 'map'; readonly keys: readonly string[]; readonly keyDefaults: Readonly<JsonMap>; readonly items: ApplySchema }

const untyped: ApplySchema = { kind: 'untyped' }
const scalar: ApplySchema = { kind: 'scalar' }

const fieldSchema = (schema: ApplySchema, name: string): ApplySchema => (schema.kind === 'map' ? (schema.field(name) ?? schema.values ?? untyped) : untyped)
const isDeclared = (schema: ApplySchema, name: string): boolean => schema.kind === 'map' && schema.field(name) !== undefined
const itemSchema = (schema: ApplySchema): ApplySchema => (schema.kind === 'list' && schema.type === 'map' ? schema.items : scalar)

type Value = JsonValue | undefined
const isPresent = (value: Value): value is JsonValue => value !== undefined
const isBlank = (value: Value): boolean =>
  !isPresent(value) || value === null || (Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0)

/** How a value is walked: as a map, as an associative list, or as one leaf. */
const shapeOf = (schema: ApplySchema, ...values: Value[]): 'map' | 'list' | 'leaf' => {
  if (schema.kind === 'map') return schema.atomic || values.some(v => isPresent(v) && v !== null && !isMap(v)) ? 'leaf' : 'map'
  if (schema.kind === 'list') return schema.type === 'atomic' || values.some(v => isPresent(v) && v !== null && !Array.isArray(v)) ? 'leaf' : 'list'
  if (schema.kind === 'untyped') return values.some(isMap) && values.every(v => !isPresent(v) || v === null || isMap(v)) ? 'map' : 'leaf'
  return 'leaf'
}

/** The path element of a list item. Items that lack a key without default are told apart by null. */
export const itemElement = (schema: ApplySchema, item: JsonValue): string => {
  if (schema.kind !== 'list' || schema.type !== 'map') return `v:${JSON.stringify(item)}`
  const key: JsonMap = {}
  for (const name of [...schema.keys].sort()) key[name] = (isMap(item) ? item[name] : undefined) ?? schema.keyDefaults[name] ?? null
  return `k:${JSON.stringify(key)}`
}

const entriesOf = (value: Value): [string, JsonValue][] => (isMap(value) ? Object.entries(value) : [])
const itemsOf = (value: Value): JsonValue[] => (Array.isArray(value) ? value : [])

/** All fields that an applied configuration sets. */
export const toFieldSet = (schema: ApplySchema, value: JsonValue): FieldSet => {
  const visit = (s: ApplySchema, v: JsonValue, at: FieldSetBuilder): void => {
    switch (shapeOf(s, v)) {
      case 'leaf':
        at.insert()
        break
      case 'map':
        for (const [name, child] of entriesOf(v)) {
          const below = at.at(`f:${name}`)
          visit(fieldSchema(s, name), child, below)
          if (child === null || (isMap(child) && Object.keys(child).length === 0) || !isDeclared(s, name)) below.insert()
        }
        break
      case 'list':
        for (const item of itemsOf(v)) {
          const below = at.at(itemElement(s, item))
          visit(itemSchema(s), item, below)
          below.insert()
        }
        break
    }
  }
  const builder = new FieldSetBuilder()
  visit(schema, value, builder)
  return builder.build()
}

export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

export const isSame = (c: Comparison): boolean => isEmpty(c.added) && isEmpty(c.modified) && isEmpty(c.removed)

export const compare = (schema: ApplySchema, before: JsonValue, after: JsonValue): Comparison => {
  const [added, modified, removed] = [new FieldSetBuilder(), new FieldSetBuilder(), new FieldSetBuilder()]
  type Path = readonly string[]
  const insert = (builder: FieldSetBuilder, path: Path): void => path.reduce((at, element) => at.at(element), builder).insert()
  const visit = (s: ApplySchema, a: Value, b: Value, path: Path): void => {
    if (a === b) return
    const shape = isBlank(a) && isBlank(b) ? 'leaf' : shapeOf(s, a, b)
    if (!isPresent(a)) insert(added, path)
    else if (!isPresent(b)) insert(removed, path)
    else if (shape === 'leaf' && !jsonEqual(a, b)) insert(modified, path)
    if (shape === 'map') {
      const [left, right] = [isMap(a) ? a : {}, isMap(b) ? b : {}]
      for (const name of new Set([...Object.keys(left), ...Object.keys(right)]))
        visit(fieldSchema(s, name), Object.hasOwn(left, name) ? left[name] : undefined, Object.hasOwn(right, name) ? right[name] : undefined, [
          ...path,
          `f:${name}`,
        ])
    } else if (shape === 'list') {
      const [left, right] = [indexItems(s, a), indexItems(s, b)]
      for (const element of new Set([...left.keys(), ...right.keys()])) {
        const [mine, theirs] = [left.get(element), right.get(element)]
        if ((mine?.length ?? 0) > 1 || (theirs?.length ?? 0) > 1) {
          if (!jsonEqual(mine, theirs)) insert(!mine ? added : !theirs ? removed : modified, [...path, element])
        } else visit(itemSchema(s), mine?.[0], theirs?.[0], [...path, element])
      }
    }
  }
  visit(schema, before, after, [])
  return { added: added.build(), modified: modified.build(), removed: removed.build() }
}

const indexItems = (schema: ApplySchema, list: Value): Map<string, JsonValue[]> => {
  const index = new Map<string, JsonValue[]>()
  for (const item of itemsOf(list)) {
    const element = itemElement(schema, item)
    const same = index.get(element)
    if (same) same.push(item)
    else index.set(element, [item])
  }
  return index
}

/** `change` merged into `live`: leaves of the change win, associative lists keep the change's order for what it names. */
export const mergeTyped = (schema: ApplySchema, live: Value, change: Value): Value => {
  if (!isPresent(change)) return live
  if (!isPresent(live) && shapeOf(schema, change) === 'leaf') return change
  if (isBlank(live) && isBlank(change)) return change
  switch (shapeOf(schema, live, change)) {
    case 'leaf':
      return change
    case 'map': {
      const merged: JsonMap = Object.assign(Object.create(null) as JsonMap, isMap(live) ? live : {})
      for (const [name, value] of entriesOf(change))
        merged[name] = mergeTyped(fieldSchema(schema, name), Object.hasOwn(merged, name) ? merged[name] : undefined, value)!
      return merged
    }
    case 'list':
      return mergeItems(schema, itemsOf(live), itemsOf(change))
  }
}

const mergeItems = (schema: ApplySchema, live: JsonValue[], change: JsonValue[]): JsonValue[] => {
  const leftElements = live.map(item => itemElement(schema, item))
  const rightElements = change.map(item => itemElement(schema, item))
  const left = new Map(leftElements.map((element, i) => [element, live[i]!]))
  const right = new Map(rightElements.map((element, i) => [element, change[i]!]))
  const shared = rightElements.filter(element => left.has(element))
  let next = shared.shift()
  const merged = new Set<string>()
  const out: JsonValue[] = []
  const push = (element: string): void => {
    merged.add(element)
    out.push(mergeTyped(itemSchema(schema), left.get(element), right.get(element))!)
  }
  for (let l = 0, r = 0; l < live.length || r < change.length;) {
    const mine = leftElements[l]
    if (mine !== undefined && r < change.length) {
      if (mine === rightElements[r]) {
        push(mine)
        l++
        r++
        next = shared.shift()
        continue
      }
      if (right.has(mine) && next !== undefined && next !== mine) {
        l++
        continue
      }
    }
    if (mine !== undefined) {
      if (!right.has(mine)) {
        out.push(live[l++]!)
        continue
      }
      if (merged.has(mine)) l++
    }
    const theirs = rightElements[r]
    if (theirs !== undefined) {
      push(theirs)
      r++
      if (next === theirs) next = shared.shift()
    }
  }
  return out
}

/** The value without the members of `set`; what becomes empty by that is null. */
export const removeItems = (schema: ApplySchema, value: JsonValue, set: FieldSet): JsonValue => {
  switch (shapeOf(schema, value)) {
    case 'leaf':
      return schema.kind === 'scalar' ? value : null
    case 'map': {
      const kept: JsonMap = Object.create(null) as JsonMap
      let touched = false
      for (const [name, child] of entriesOf(value)) {
        const below = set.children.get(`f:${name}`)
        if (below?.member) continue
        touched ||= below !== undefined
        kept[name] = below ? removeItems(fieldSchema(schema, name), child, below) : child
      }
      return touched && !Object.keys(kept).length ? null : kept
    }
    case 'list': {
      const kept: JsonValue[] = []
      for (const item of itemsOf(value)) {
        const below = set.children.get(itemElement(schema, item))
        if (!below?.member) kept.push(below ? removeItems(itemSchema(schema), item, below) : item)
      }
      return kept.length ? kept : null
    }
  }
}

/** Declared fields that have members below them count as members themselves: owning a part of a struct is owning that it is there. */
export const withNamedFields = (schema: ApplySchema, set: FieldSet): FieldSet => {
  const children = new Map<string, FieldSet>()
  for (const [element, child] of set.children) {
    const name = element.startsWith('f:') ? element.slice(2) : undefined
    const below = withNamedFields(name === undefined ? itemSchema(schema) : fieldSchema(schema, name), child)
    children.set(element, { member: below.member || (name !== undefined && isDeclared(schema, name)), children: below.children })
  }
  return { member: set.member, children }
}
