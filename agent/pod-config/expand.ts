// $(NAME) in values, commands and arguments: pure. `$$` is a literal `$`; a reference that is not known stays as written.
export const expand = (text: string, lookup: (name: string) => string | undefined): string => {
  if (!text.includes('$')) return text
  let out = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$' || i + 1 === text.length) {
      out += text.charAt(i)
      continue
    }
    if (text[i + 1] === '$') {
      out += '$'
      i++
      continue
    }
    const end = text[i + 1] === '(' ? text.indexOf(')', i + 2) : -1
    if (end < 0) {
      out += '$'
      continue
    }
    const name = text.slice(i + 2, end)
    out += lookup(name) ?? `$(${name})`
    i = end
  }
  return out
}
