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

/** What a document may expand to, in characters and values: anchors can repeat each other (upstream bounds them too). */
const maxExpanded = (length: number): number => Math.min(8_000_000, 256_000 + 20 * length)

/** How much `value` is when everything that is shared is written out. Throws beyond `limit`, and for what contains itself. */
const countExpanded = (value: unknown, limit: number, known: Map<object, number>): number => {
  if (typeof value === 'string') return 1 + value.length
  if (typeof value !== 'object' || value === null) return 1
  const counted = known.get(value)
  if (counted !== undefined) {
    if (counted < 0) throw new SyntaxError('an anchor contains itself')
    return counted
  }
  known.set(value, -1)
  let count = 1
  for (const [key, item] of Object.entries(value)) {
    count += key.length + countExpanded(item, limit, known)
    if (count > limit) throw new SyntaxError('document contains excessive aliasing')
  }
  known.set(value, count)
  return count
}

/** Text that is JSON, as most of what clients send for YAML is: read with every digit. */
const tryJson = (text: string): { value: JsonValue; duplicates: readonly string[] } | undefined => {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    // To YAML 2.0 is as good an integer as 2.
    const { value, duplicates } = parseJson(text)
    return { value: value as JsonValue, duplicates }
  } catch {
    return undefined
  }
}

/** A body that is JSON although it is called YAML; undefined for any other. */
export const readAsJson = (bytes: Buffer): { value: JsonValue; duplicates: readonly string[] } | undefined => tryJson(utf8.decode(bytes))

/** The first document, as JSON; a second reading finds out whether a key was repeated. Throws for what is no YAML. */
export const parseYaml = async (bytes: Buffer): Promise<{ value: JsonValue; duplicates: readonly string[] }> => {
  const text = utf8.decode(bytes)
  const json = tryJson(text)
  if (json) return json
  const yaml = await import('js-yaml')
  const schema = new yaml.Schema(yaml.YAML11_SCHEMA.tags.filter(tag => tag !== yaml.timestampTag))
  const [first = null] = yaml.loadAll(text, { schema, json: true })
  countExpanded(first, maxExpanded(text.length), new Map())
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
