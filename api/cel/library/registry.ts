// The libraries, in the order in which their overloads are tried. What Kubernetes 1.36 enables everywhere comes first.
import type { LibraryName } from '../cel.types.ts'
import type { CelFunction } from '../function.ts'
import { bindMacro, type Macro, optionalMacros, sortByMacro, twoVariableMacros } from '../macro.ts'
import { authorizer } from './authorizer.ts'
import { format } from './format.ts'
import { cidr, ip } from './ip.ts'
import { jsonPatch } from './json-patch.ts'
import { listsExtension } from './lists-extension.ts'
import { lists } from './lists.ts'
import { optional } from './optional.ts'
import { quantity } from './quantity.ts'
import { regex } from './regex.ts'
import { semver } from './semver.ts'
import { sets } from './sets.ts'
import { strings } from './strings.ts'
import { mapInsertion } from './two-variable.ts'
import { urls } from './urls.ts'

export interface Library {
  readonly name: LibraryName
  readonly functions: readonly CelFunction[]
  readonly macros?: readonly Macro[]
}

export const libraries: readonly Library[] = [
  { name: 'urls', functions: urls },
  { name: 'regex', functions: regex },
  { name: 'lists', functions: lists },
  { name: 'authorizer', functions: authorizer },
  { name: 'optional', functions: optional, macros: optionalMacros },
  { name: 'quantity', functions: quantity },
  { name: 'strings', functions: strings },
  { name: 'sets', functions: sets },
  { name: 'ip', functions: ip },
  { name: 'cidr', functions: cidr },
  { name: 'format', functions: format },
  { name: 'twoVariableComprehensions', functions: mapInsertion, macros: twoVariableMacros },
  { name: 'semver', functions: semver },
  { name: 'listsExtension', functions: listsExtension, macros: [sortByMacro] },
  { name: 'jsonPatch', functions: jsonPatch },
  { name: 'bindings', functions: [], macros: [bindMacro] },
]

/** What expressions may use wherever they stand. */
export const kubernetesLibraries: readonly LibraryName[] = libraries.map(({ name }) => name).filter(name => name !== 'jsonPatch' && name !== 'bindings')
