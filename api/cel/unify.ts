// Type parameters and what stands for them: cel-go's assignability, rule by rule, as overload resolution depends on its order.
import { type CelType, dynType } from './type.ts'

export const sameType = (a: CelType, b: CelType): boolean =>
  a === b ||
  (a.kind === b.kind &&
    a.name === b.name &&
    a.parameters.length === b.parameters.length &&
    a.parameters.every((parameter, i) => sameType(parameter, b.parameters[i]!)))

const isDynOrError = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'error'

/** Whether the first is as general as the second or more. */
const isLessSpecific = (a: CelType, b: CelType): boolean => {
  if (a.kind === 'dyn' || a.kind === 'parameter') return true
  if (b.kind === 'dyn' || b.kind === 'parameter' || a.kind !== b.kind) return false
  if (a.kind === 'type') return true
  if (a.kind === 'opaque' || a.kind === 'list' || a.kind === 'map')
    return a.name === b.name && a.parameters.length === b.parameters.length && a.parameters.every((p, i) => isLessSpecific(p, b.parameters[i]!))
  return sameType(a, b)
}
export const mostGeneral = (a: CelType, b: CelType): CelType => (isLessSpecific(a, b) ? a : b)

const acceptsNull = ({ kind, nullable }: CelType): boolean =>
  nullable === true || kind === 'null' || kind === 'object' || kind === 'opaque' || kind === 'timestamp' || kind === 'duration'

/** What stands for type parameters. Either all of an assignment fits, or nothing changes. */
export class Substitutions {
  readonly #known = new Map<string, CelType>()
  /** What the assignment under way has changed. */
  #changes: [string, CelType | undefined][] = []

  assign(from: readonly CelType[], to: readonly CelType[]): boolean {
    this.#changes = []
    if (this.#all(from, to)) return true
    for (const [name, before] of this.#changes.reverse())
      if (before) this.#known.set(name, before)
      else this.#known.delete(name)
    return false
  }

  resolve(type: CelType, parametersToDyn = false): CelType {
    if (type.kind === 'parameter') {
      const found = this.#known.get(type.name)
      return found ? this.resolve(found, parametersToDyn) : parametersToDyn ? dynType : type
    }
    if (!type.parameters.length) return type
    const parameters = type.parameters.map(p => this.resolve(p, parametersToDyn))
    return parameters.every((p, i) => p === type.parameters[i]) ? type : { ...type, parameters }
  }

  #set(name: string, type: CelType): void {
    this.#changes.push([name, this.#known.get(name)])
    this.#known.set(name, type)
  }

  #all(from: readonly CelType[], to: readonly CelType[]): boolean {
    return from.length === to.length && from.every((type, i) => this.#one(type, to[i]!))
  }

  #one(from: CelType, to: CelType): boolean {
    if (to.kind === 'parameter') {
      const { valid, known } = this.#stand(from, to)
      if (valid) return true
      if (known) return false
    }
    if (from.kind === 'parameter') return this.#stand(to, from).valid
    if (isDynOrError(from) || isDynOrError(to)) return true
    if (from.kind === 'null') return acceptsNull(to)
    if (to.kind === 'null') return acceptsNull(from)
    if (from.kind !== to.kind) return false
    switch (from.kind) {
      case 'type':
        return true
      case 'list':
      case 'map':
        return this.#all(from.parameters, to.parameters)
      case 'opaque':
        return from.name === to.name && this.#all(from.parameters, to.parameters)
      default:
        return from.name === to.name
    }
  }

  /** Whether `type` may stand for the parameter, and whether something does already. */
  #stand(type: CelType, parameter: CelType): { valid: boolean; known: boolean } {
    if (type.kind === 'parameter' && type.name === parameter.name) return { valid: true, known: true }
    const present = this.#known.get(parameter.name)
    if (!present) {
      if (this.#occurs(parameter, type)) return { valid: false, known: false }
      this.#set(parameter.name, type)
      return { valid: true, known: false }
    }
    if (sameType(type, present)) return { valid: true, known: true }
    if (!this.#one(type, present)) return { valid: false, known: true }
    const general = mostGeneral(type, present)
    if (!this.#occurs(parameter, general)) this.#set(parameter.name, general)
    return { valid: true, known: true }
  }

  #occurs(parameter: CelType, within: CelType): boolean {
    if (within.kind === 'parameter') {
      if (within.name === parameter.name) return true
      const found = this.#known.get(within.name)
      return found !== undefined && this.#occurs(parameter, found)
    }
    return within.parameters.some(p => this.#occurs(parameter, p))
  }
}
