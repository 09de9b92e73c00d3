// YAML as Kubernetes reads and writes it: YAML 1.1 without dates. The library is loaded at the first use: most servers never meet a YAML body.
import { parseJson, stringifyJson } from '../../api/json.ts'
import type { JsonValue } from '../../api/patch/json-value.ts'

const sortedKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sortedKeys)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, v]) => [k, sortedKeys(v)]),
        )
      : value

/** Keys sorted, lists not indented, as sigs.k8s.io/yaml writes it. */
export const toYaml = async (value: unknown): Promise<Buffer> => {
  const yaml = await import('js-yaml')
  return Buffer.from(yaml.dump(sortedKeys(JSON.parse(stringifyJson(value))), { seqNoIndent: true, noRefs: true, lineWidth: 80 }))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Values that a document may expand to: anchors can repeat each other (upstream bounds them too). */
const maxExpanded = 1_000_000

/** How many values `value` is when everything that is shared is written out. Throws beyond the limit, and for what contains itself. */
const countExpanded = (value: unknown, known: Map<object, number>): number => {
  if (typeof value !== 'object' || value === null) return 1
  const counted = known.get(value)
  if (counted !== undefined) {
    if (counted < 0) throw new SyntaxError('an anchor contains itself')
    return counted
  }
  known.set(value, -1)
  let count = 1
  for (const item of Object.values(value)) {
    count += countExpanded(item, known)
    if (count > maxExpanded) throw new SyntaxError('document contains excessive aliasing')
  }
  known.set(value, count)
  return count
}

/** Text that is JSON, as most of what clients send for YAML is: read with every digit. */
const tryJson = (text: string): { value: JsonValue; duplicates: readonly string[] } | undefined => {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    return parseJson(text) as { value: JsonValue; duplicates: readonly string[] }
  } catch {
    return undefined
  }
}

/** The first document, as JSON; a second reading finds out whether a key was repeated. Throws for what is no YAML. */
export const parseYaml = async (bytes: Buffer): Promise<{ value: JsonValue; duplicates: readonly string[] }> => {
  const text = utf8.decode(bytes)
  const json = tryJson(text)
  if (json) return json
  const yaml = await import('js-yaml')
  const schema = new yaml.Schema(yaml.YAML11_SCHEMA.tags.filter(tag => tag !== yaml.timestampTag))
  const [first = null] = yaml.loadAll(text, { schema, json: true })
  countExpanded(first, new Map())
  // Through JSON: what JSON cannot say (sets, binary, NaN) becomes what it can, and depth and numbers are judged in one place.
  const { value } = parseJson(JSON.stringify(first))
  const duplicates: string[] = []
  try {
    yaml.loadAll(text, { schema })
  } catch (error) {
    const { reason } = error as { reason?: string }
    if (reason?.includes('duplicated')) duplicates.push(reason)
  }
  return { value: value as JsonValue, duplicates }
}
