// Upstream's EncryptionConfiguration (apiserver.config.k8s.io/v1): which resources are encrypted, under which providers. Pure: the text of
// the file is read and parsed elsewhere. All that is wrong with it is said at once.
import { ciphers } from './ciphers.ts'
import type { EncryptionKey, Provider } from './providers.ts'

/** For each resource pattern (`secrets`, `widgets.example.com`, `*.apps`, `*.`, `*.*`) the providers, in order. */
export type EncryptionRules = ReadonlyMap<string, readonly Provider[]>

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Allocation records, which upstream never encrypts. */
const neverEncrypted = ['apiserveripinfo', 'serviceipallocations', 'servicenodeportallocations']

type Complain = (path: string, what: string) => void

const checkFields = (value: Fields, known: readonly string[], path: string, complain: Complain): void => {
  for (const name of Object.keys(value)) if (!known.includes(name)) complain(`${path}.${name}`, 'no such field')
}

const checkResource = (name: unknown, path: string, complain: Complain): name is string => {
  const problem =
    typeof name !== 'string' || name === ''
      ? 'a resource is required'
      : name === '*'
        ? "use '*.*' for all resources"
        : name !== name.toLowerCase()
          ? 'a resource has no capital letters'
          : name === '*.extensions' || name.endsWith('.extensions')
            ? "the group 'extensions' has no resources"
            : name === 'events.events.k8s.io'
              ? "events are stored as 'events'"
              : neverEncrypted.includes(name)
                ? 'this cannot be encrypted'
                : name.includes('*') && !/^\*\.(\*|[^*]*)$/.test(name)
                  ? "wildcards have the forms '*.GROUP', '*.' and '*.*'"
                  : undefined
  if (problem !== undefined) complain(path, problem)
  return problem === undefined
}

const groupOf = (name: string): string => (name.includes('.') ? name.slice(name.indexOf('.') + 1) : '')

/** Within one list a wildcard would hide what stands beside it. */
const checkOverlap = (names: readonly string[], path: string, complain: Complain): void => {
  if (new Set(names).size < names.length) complain(path, 'a resource is named twice')
  if (names.includes('*.*') && names.length > 1) complain(path, "'*.*' covers all others")
  for (const name of names)
    if (name.startsWith('*.') && name !== '*.*' && names.some(other => other !== name && !other.startsWith('*') && groupOf(other) === name.slice(2)))
      complain(path, `'${name}' covers another of the list`)
}

/** The key, or what is wrong with it: where, and in words. */
const readKey = (value: unknown, lengths: readonly number[]): EncryptionKey | readonly [string, string] => {
  if (!isFields(value)) return ['', 'a key has a name and a secret']
  const { name, secret, ...others } = value
  const [other] = Object.keys(others)
  if (other !== undefined) return [`.${other}`, 'no such field']
  if (typeof name !== 'string' || name === '') return ['.name', 'a name is required']
  if (name.includes(':')) return ['.name', "a name has no ':'"]
  if (typeof secret !== 'string' || secret === '') return ['.secret', 'a secret is required']
  if (!/^[A-Za-z0-9+/\r\n]+=*\s*$/.test(secret)) return ['.secret', 'a secret is written in base64']
  const bytes = Buffer.from(secret, 'base64')
  if (!lengths.includes(bytes.length)) return ['.secret', `a secret has ${lengths.join(', ')} bytes, not ${bytes.length}`]
  return { name, secret: bytes }
}

/** The provider, or what is wrong with it: a place and words for each fault. */
const readProvider = (value: unknown): Provider | readonly (readonly [string, string])[] => {
  const names = isFields(value) ? Object.keys(value) : []
  const [id] = names
  if (!isFields(value) || id === undefined || names.length > 1) return [['', 'name exactly one provider']]
  if (id === 'identity') return 'identity'
  if (id === 'kms') return [['.kms', 'key management services are not supported']]
  const cipher = ciphers.find(c => c.id === id)
  if (!cipher) return [[`.${id}`, 'no such provider']]
  const listed = isFields(value[id]) ? listOf(value[id]['keys']) : []
  if (listed.length === 0) return [[`.${id}.keys`, 'at least one key is required']]
  const faults: (readonly [string, string])[] = []
  const keys: EncryptionKey[] = []
  listed.forEach((item, i) => {
    const key = readKey(item, cipher.secretBytes)
    if ('name' in key) keys.push(key)
    else faults.push([`.${id}.keys[${i}]${key[0]}`, key[1]])
  })
  if (new Set(keys.map(k => k.name)).size < keys.length) faults.push([`.${id}.keys`, 'two keys have one name'])
  return faults.length > 0 ? faults : { cipher, keys }
}

/** Throws an Error that names every fault. Secrets are never part of it. */
export const parseEncryptionConfiguration = (value: unknown): EncryptionRules => {
  const faults: string[] = []
  const complain: Complain = (path, what) => {
    faults.push(`${path}: ${what}`)
  }
  const rules = new Map<string, readonly Provider[]>()
  if (!isFields(value) || value['kind'] !== 'EncryptionConfiguration' || value['apiVersion'] !== 'apiserver.config.k8s.io/v1')
    throw new Error('kind EncryptionConfiguration of apiserver.config.k8s.io/v1 is expected')
  checkFields(value, ['kind', 'apiVersion', 'resources', 'metadata'], '', complain)
  const entries = listOf(value['resources'])
  if (entries.length === 0) complain('resources', 'at least one entry is required')
  entries.forEach((entry, i) => {
    const path = `resources[${i}]`
    if (!isFields(entry)) {
      complain(path, 'an entry has resources and providers')
      return
    }
    checkFields(entry, ['resources', 'providers'], path, complain)
    const [named, providerList] = [listOf(entry['resources']), listOf(entry['providers'])]
    if (named.length === 0) complain(`${path}.resources`, 'at least one resource is required')
    if (providerList.length === 0) complain(`${path}.providers`, 'at least one provider is required')
    const names = named.filter((name, j): name is string => checkResource(name, `${path}.resources[${j}]`, complain))
    checkOverlap(names, `${path}.resources`, complain)
    const providers: Provider[] = []
    providerList.forEach((item, j) => {
      const provider = readProvider(item)
      if (provider === 'identity' || 'cipher' in provider) providers.push(provider)
      else for (const [place, what] of provider) complain(`${path}.providers[${j}]${place}`, what)
    })
    // Of two entries for one resource the first one's provider writes, and all read.
    for (const name of names) rules.set(name, [...(rules.get(name) ?? []), ...providers])
  })
  if (faults.length > 0) throw new Error(faults.join('; '))
  return rules
}

/** A configuration for a new cluster: Secrets under one AES-GCM key of its own; values from before are read as they are. */
export const newEncryptionConfiguration = (
  secret: Buffer,
): string => `# Encryption of stored objects: the first provider writes, all read. Whoever has this file can read the Secrets in etcd;
# without it nobody can. To rotate: put a new key first, restart every API server, write all Secrets anew, then remove the old key.
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources:
  - secrets
  providers:
  - aesgcm:
      keys:
      - name: key1
        secret: ${secret.toString('base64')}
  - identity: {}
`
