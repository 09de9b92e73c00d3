// Image references as docker's grammar reads them: pure.

/** The reference with its default tag, or undefined where it cannot be parsed. */
export const normalizeReference = (image: string): string | undefined => {
  const match =
    /^((?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?|\[[0-9a-fA-F:]+\](?::[0-9]+)?)\/)?([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/.exec(
      image,
    )
  if (!match) return undefined
  return match[3] || match[4] ? image : `${image}:latest`
}

/** As containerd names it: with docker.io/library/ where no registry is given. */
export const toFullReference = (image: string): string => {
  const normalized = normalizeReference(image) ?? image
  const slash = normalized.indexOf('/')
  const first = slash < 0 ? '' : normalized.slice(0, slash)
  if (slash >= 0 && (first.includes('.') || first.includes(':') || first === 'localhost')) return normalized
  return slash < 0 ? `docker.io/library/${normalized}` : `docker.io/${normalized}`
}

/** What credentials are looked up by. */
export const toRegistry = (image: string): string => {
  const full = toFullReference(image)
  const host = full.slice(0, full.indexOf('/'))
  return host === 'docker.io' ? 'index.docker.io' : host
}

export const defaultPullPolicy = (image: string): string => {
  const normalized = normalizeReference(image) ?? image
  return normalized.endsWith(':latest') ? 'Always' : 'IfNotPresent'
}
