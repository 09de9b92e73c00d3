// Keys of paths in JSON patches.
import { type CelFunction, define, overload } from '../function.ts'
import { stringType } from '../type.ts'
import { traversing } from './costs.ts'

export const jsonPatch: readonly CelFunction[] = [
  define(
    'jsonpatch.escapeKey',
    overload('jsonpatch_escapeKey_string', [stringType], stringType, (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1'), traversing(0, 1, true)),
  ),
]
