// Reads a command line that says what it wants plainly. Everything else (help, mistakes, contradictions) is left to oclif, which explains it but
// takes longer to load than a server takes to start.
import { parseArgs } from 'node:util'
import type { Flag, Flags, FlagValues } from './flags.ts'

const negation = 'no-'
type Option = readonly [name: string, option: { readonly type: 'string' | 'boolean' }]
const toOptions = ([name, flag]: readonly [string, Flag]): Option[] => {
  if (flag.type !== 'boolean') return [[name, { type: 'string' }]]
  return [[name, { type: 'boolean' }], ...(flag.allowNo ? [[negation + name, { type: 'boolean' }] as const] : [])]
}

/** What the text stands for; undefined when it is not a value of that flag. */
const toValue = (flag: Flag, text: string | boolean): string | number | boolean | undefined => {
  if (flag.type === 'boolean' || typeof text === 'boolean') return text
  if (flag.type === 'string') return flag.options && !flag.options.includes(text) ? undefined : text
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  return number >= flag.min && number <= flag.max ? number : undefined
}

/** Undefined for what is not plain. */
export const readPlainFlags = <F extends Flags>(
  flags: F,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): FlagValues<F> | undefined => {
  const given: Record<string, string | boolean> = {}
  for (const [name, { env: variable }] of Object.entries<Flag>(flags)) {
    const text = variable && env[variable]
    if (text) given[name] = text
  }
  try {
    const { tokens } = parseArgs({ args: [...argv], options: Object.fromEntries(Object.entries<Flag>(flags).flatMap(toOptions)), tokens: true })
    const seen = new Set<string>()
    for (const token of tokens) {
      if (token.kind !== 'option') return undefined
      const isNegative = !(token.name in flags)
      const name = isNegative ? token.name.slice(negation.length) : token.name
      if (seen.has(name)) return undefined
      seen.add(name)
      given[name] = isNegative ? false : (token.value ?? true)
    }
  } catch {
    return undefined
  }
  const values: Record<string, string | number | boolean> = {}
  for (const [name, text] of Object.entries(given)) {
    const flag = flags[name]!
    const value = toValue(flag, text)
    if (value === undefined || flag.dependsOn?.some(other => !(other in given)) || flag.exclusive?.some(other => other in given)) return undefined
    values[name] = value
  }
  return values as FlagValues<F>
}
