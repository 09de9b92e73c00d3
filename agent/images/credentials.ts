// Registry credentials from imagePullSecrets: pure. The most specific entry that covers the image comes first.
import type { Secret } from '../../api/types/core-v1.ts'
import type { AuthConfig } from '../cri/messages.ts'
import { toFullReference, toRegistry } from './reference.ts'

interface DockerAuth {
  username?: string
  password?: string
  auth?: string
  identitytoken?: string
  registrytoken?: string
}

export const toCredentials = (image: string, secrets: readonly Secret[]): AuthConfig[] => {
  const registry = toRegistry(image)
  const path = toFullReference(image).slice(toFullReference(image).indexOf('/'))
  const found: { length: number; auth: AuthConfig }[] = []
  for (const secret of secrets) {
    for (const [entry, auth] of Object.entries(readAuths(secret))) {
      const where = entry
        .replace(/^https?:\/\//, '')
        .replace(/\/(v1|v2)\/?$/, '')
        .replace(/\/$/, '')
      const slash = where.indexOf('/')
      const host = slash < 0 ? where : where.slice(0, slash)
      const prefix = slash < 0 ? '' : where.slice(slash)
      if (!matchesHost(host, registry) || !path.startsWith(prefix)) continue
      found.push({ length: where.length, auth: toAuth(auth) })
    }
  }
  return found.sort((a, b) => b.length - a.length).map(({ auth }) => auth)
}

const readAuths = ({ type, data = {} }: Secret): Record<string, DockerAuth> => {
  try {
    const parse = (key: string): unknown => JSON.parse(Buffer.from(data[key] ?? '', 'base64').toString('utf8'))
    if (type === 'kubernetes.io/dockerconfigjson') return (parse('.dockerconfigjson') as { auths?: Record<string, DockerAuth> }).auths ?? {}
    if (type === 'kubernetes.io/dockercfg') return parse('.dockercfg') as Record<string, DockerAuth>
  } catch {
    // A secret that is no JSON holds no credentials; the pull then fails with the registry's own words.
  }
  return {}
}

/** `*.example.com` covers one label. */
const matchesHost = (pattern: string, host: string): boolean => {
  const aliases = host === 'index.docker.io' ? [host, 'docker.io', 'registry-1.docker.io'] : [host]
  const wanted = pattern.split('.')
  return aliases.some(alias => {
    const parts = alias.split('.')
    return parts.length === wanted.length && wanted.every((word, i) => word === '*' || word === parts[i])
  })
}

const toAuth = ({ username, password, auth, identitytoken, registrytoken }: DockerAuth): AuthConfig => {
  const decoded = auth ? Buffer.from(auth, 'base64').toString('utf8') : ''
  const colon = decoded.indexOf(':')
  return {
    username: username ?? (colon >= 0 ? decoded.slice(0, colon) : ''),
    password: password ?? (colon >= 0 ? decoded.slice(colon + 1) : ''),
    ...(identitytoken && { identityToken: identitytoken }),
    ...(registrytoken && { registryToken: registrytoken }),
  }
}
