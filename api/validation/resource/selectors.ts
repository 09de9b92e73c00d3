// CEL expressions that select devices: they must compile and may not cost too much, with the sizes that slices allow.
import type { Environment } from '../../cel/cel.types.ts'
import { createEnvironment } from '../../cel/environment.ts'
import { kubernetesLibraries } from '../../cel/library/registry.ts'
import { boolType, type CelType, dynType, mapType, objectType, opaqueType, stringType } from '../../cel/type.ts'
import { forbiddenField, invalidValue, required, tooLong } from '../../field-error.ts'
import type { DeviceSelector } from '../../types/resource-v1.ts'
import { addItems } from '../collections.ts'
import type { Errors } from '../collect.ts'
import type { Loose } from '../loose.ts'
import { byteLength } from '../names.ts'
import { longestDomain, longestId } from './names.ts'

const maxSelectors = 32
const longestExpression = 10 * 1024
const maxCost = 1_000_000
const maxAttributes = 32

const deviceEnvironment = (): Environment => {
  const sized = (type: CelType, maxElements: number): CelType => ({ ...type, maxElements })
  const byName = (values: CelType): CelType =>
    mapType(sized(stringType, longestDomain), mapType(sized(stringType, longestId), values, maxAttributes), maxAttributes)
  const device = objectType('kubernetes.DRADevice', [
    { name: 'driver', type: stringType },
    { name: 'attributes', type: byName(dynType) },
    { name: 'capacity', type: byName(opaqueType('kubernetes.Quantity')) },
    { name: 'allowMultipleAllocations', type: boolType },
  ])
  return createEnvironment({ variables: { device }, libraries: [...kubernetesLibraries, 'bindings'] })
}

/** Judges the selectors of one object, whose expressions share an environment. */
export class SelectorJudge {
  #environment: Environment | undefined
  readonly #isStored: boolean

  /** Expressions that are stored were sound when they came. */
  constructor(isStored: boolean) {
    this.#isStored = isStored
  }

  judge(errors: Errors, path: string, selectors: readonly Loose<DeviceSelector>[] | undefined): void {
    addItems(errors, path, selectors, maxSelectors, ({ cel }, at) => {
      if (!cel) errors.push(required(`${at}.cel`))
      else if (!this.#isStored) this.#expression(errors, `${at}.cel.expression`, cel.expression ?? '')
    })
  }

  #expression(errors: Errors, path: string, expression: string): void {
    if (byteLength(expression) > longestExpression) {
      errors.push(tooLong(path, longestExpression))
      return
    }
    this.#environment ??= deviceEnvironment()
    const compiled = this.#environment.compile(expression, { expectedTypes: [boolType] })
    if (!compiled.ok) errors.push(invalidValue(path, expression, compiled.message))
    else if (compiled.program.estimateCost().max > maxCost) errors.push(forbiddenField(path, 'too complex, exceeds cost limit'))
  }
}
