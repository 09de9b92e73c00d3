// The tag of an image reference, as far as defaulting asks for it. Grammar: the reference package of the OCI distribution project.

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const host = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*'
const reference = new RegExp(
  `^(?:(?:${host}|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?/)?${component}(?:/${component})*(?::([\\w][\\w.-]{0,127}))?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
)
const identifier = /^[a-f0-9]{64}$/

/** The tag, `latest` where neither tag nor digest is given, undefined for what is no reference. */
export const imageTag = (image: string): string | undefined => {
  if (identifier.test(image)) return undefined
  const match = reference.exec(image)
  if (!match || image.length - (match[2]?.length ?? 0) - (match[1]?.length ?? 0) > 255) return undefined
  return match[1] ?? (match[2] ? '' : 'latest')
}

/** Always for `latest`, IfNotPresent for any other tag and for what cannot be read. */
export const defaultPullPolicy = (image: string | undefined): string => (image !== undefined && imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent')
