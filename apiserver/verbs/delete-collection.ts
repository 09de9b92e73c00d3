// DELETE of a collection: one by one, a few at a time; the answer lists what was there.
import { isReason } from '../../api/status.ts'
import type { Entry } from '../../store/store.ts'
import type { Handler } from '../context.ts'
import { readDeleteOptions } from './decode.ts'
import { deleteObject } from './delete.ts'
import { list } from './list.ts'

const workers = 4

export const deleteCollection: Handler = async (parts, context, served) => {
  const options = await readDeleteOptions(parts, context)
  const reply = await list(parts, context, served)
  if (reply.kind !== 'list') throw new Error('a list answers a list')
  const queue: Entry[] = [...reply.entries]
  const work = async (): Promise<void> => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      try {
        await deleteObject(parts, context, served, entry.namespace, entry.name, options)
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, queue.length) }, work))
  return reply
}
