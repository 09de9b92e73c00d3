// Flags as oclif takes them.
import { Flags as oclif, type Interfaces } from '@oclif/core'
import type { Flag, Flags, FlagValues } from './flags.ts'

const toCommandFlag = (flag: Flag): Interfaces.FlagInput[string] => {
  const { description, helpValue, env, dependsOn, exclusive } = flag
  const text = {
    description,
    ...(helpValue !== undefined && { helpValue }),
    ...(env !== undefined && { env }),
    ...(dependsOn && { dependsOn: [...dependsOn] }),
    ...(exclusive && { exclusive: [...exclusive] }),
  }
  if (flag.type === 'boolean') return oclif.boolean({ ...text, allowNo: flag.allowNo ?? false })
  if (flag.type === 'integer') return oclif.integer({ ...text, min: flag.min, max: flag.max })
  return flag.options ? oclif.option({ ...text, options: flag.options })() : oclif.string(text)
}

export const toCommandFlags = <F extends Flags>(flags: F): Interfaces.FlagInput<FlagValues<F>> =>
  Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, toCommandFlag(flag)])) as Interfaces.FlagInput<FlagValues<F>>
