// YAML as Kubernetes reads and writes it: YAML 1.1 without dates. The library is loaded at the first use: most servers never meet a YAML body.
import { parseJson } from '../../api/json.ts'
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
  return Buffer.from(yaml.dump(sortedKeys(JSON.parse(JSON.stringify(value))), { seqNoIndent: true, noRefs: true, lineWidth: 80 }))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The first document, as JSON; a second reading finds out whether a key was repeated. Throws for what is no YAML. */
export const parseYaml = async (bytes: Buffer): Promise<{ value: JsonValue; duplicates: readonly string[] }> => {
  const yaml = await import('js-yaml')
  const schema = new yaml.Schema(yaml.YAML11_SCHEMA.tags.filter(tag => tag !== yaml.timestampTag))
  const [first = null] = yaml.loadAll(utf8.decode(bytes), { schema, json: true })
  // Through JSON: what JSON cannot say (sets, binary, NaN) becomes what it can, and depth and numbers are judged in one place.
  const { value } = parseJson(JSON.stringify(first))
  const duplicates: string[] = []
  try {
    yaml.loadAll(utf8.decode(bytes), { schema })
  } catch (error) {
    const { reason } = error as { reason?: string }
    if (reason?.includes('duplicated')) duplicates.push(reason)
  }
  return { value: value as JsonValue, duplicates }
}
