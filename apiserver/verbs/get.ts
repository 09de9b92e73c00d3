// GET of one object.
import { notFound } from '../../api/status.ts'
import type { Freshness } from '../../store/store.ts'
import type { Handler } from '../context.ts'
import { tooLargeResourceVersion } from '../errors.ts'
import { StoreError } from '../../store/store.ts'
import { parseResourceVersion } from './options.ts'

/** No version asks for the newest; 0 takes what is there; any other is a lower bound. */
export const toFreshness = (resourceVersion: string): Freshness => {
  if (resourceVersion === '') return 'consistent'
  const revision = parseResourceVersion(resourceVersion)
  return revision === 0 ? 'any' : { atLeast: revision }
}

export const get: Handler = async ({ store }, { info, request }, served) => {
  const freshness = toFreshness(info.query.get('resourceVersion') ?? '')
  try {
    const entry = await store.get(served.keyOf(info.namespace, info.name), freshness, request.signal)
    if (!entry) throw notFound(served.record, info.name)
    return { kind: 'entry', status: 200, served, entry }
  } catch (error) {
    if (error instanceof StoreError && error.code === 'FutureRevision' && typeof freshness === 'object')
      throw tooLargeResourceVersion('atLeast' in freshness ? freshness.atLeast : freshness.exactly, error.revision ?? store.observedRevision())
    throw error
  }
}
