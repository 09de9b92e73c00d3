// What the objects of a namespace use of one quota, kept as a sum: an object's change costs what that object uses, however many there are.
import { isAbout } from '../../api/quota/charge.ts'
import { evaluatorOf } from '../../api/quota/registry.ts'
import type { ScopeRequirement } from '../../api/quota/evaluator.ts'
import type { KubeObject } from '../../api/object.ts'
import { quantitySign, subQuantities } from '../../api/quantity.ts'
import { addTo, count, mask, type ResourceList } from '../../api/resource-list.ts'

export interface LedgerTerms {
  readonly hard: ResourceList
  readonly scopes: readonly ScopeRequirement[]
}

export class Ledger {
  readonly terms: LedgerTerms
  readonly #names: readonly string[]
  readonly #parts = new Map<string, ResourceList>()
  readonly #total: ResourceList = {}

  constructor(terms: LedgerTerms) {
    this.terms = terms
    this.#names = Object.keys(terms.hard)
  }

  /** True for kinds that the quota measures. */
  concerns(kindId: string): boolean {
    const evaluator = evaluatorOf(kindId)
    return evaluator !== undefined && this.#names.some(name => evaluator.matchesResource(name))
  }

  /** The object as it is now, or undefined when it has gone. True when less is used than before. */
  set(kindId: string, key: string, object: KubeObject | undefined, nowMs: number): boolean {
    const id = `${kindId} ${key}`
    const before = this.#parts.get(id)
    const after = object && this.#partOf(kindId, object, nowMs)
    if (after) this.#parts.set(id, after)
    else this.#parts.delete(id)
    if (after) addTo(this.#total, after)
    let less = false
    for (const [name, quantity] of Object.entries(before ?? {})) {
      this.#total[name] = subQuantities(this.#total[name] ?? count(0), quantity)
      if (quantitySign(subQuantities(after?.[name] ?? count(0), quantity)) < 0) less = true
    }
    return less
  }

  /** Objects that `isKnown` does not know any more are taken off: what a refill does for those whose end was missed. */
  retain(isKnown: (kindId: string, key: string) => boolean): void {
    for (const id of [...this.#parts.keys()]) {
      const [kindId = '', key = ''] = id.split(' ')
      if (!isKnown(kindId, key)) this.set(kindId, key, undefined, 0)
    }
  }

  /** Of every resource that some kind is measured by; zero where nothing is used. */
  used(isMeasured: (name: string) => boolean): ResourceList {
    const used: ResourceList = {}
    for (const name of this.#names) if (isMeasured(name)) used[name] = this.#total[name] ?? count(0)
    return used
  }

  #partOf(kindId: string, object: KubeObject, nowMs: number): ResourceList | undefined {
    const evaluator = evaluatorOf(kindId)
    if (!evaluator || !isAbout(evaluator, this.terms, object, nowMs)) return undefined
    return mask(evaluator.usage(object, nowMs), this.#names)
  }
}
