// Names of fields as expressions write them: what CEL could not read is escaped, what nothing could express is out of reach.

const reserved = new Set('true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '))
const escapes: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' }

/** undefined: no expression can name it. */
export const escapeFieldName = (name: string): string | undefined => {
  if (reserved.has(name)) return `__${name}__`
  if (!/^[A-Za-z_][A-Za-z0-9_./-]*$/.test(name)) return undefined
  return name.replace(/__|[./-]/g, part => escapes[part] ?? part)
}
