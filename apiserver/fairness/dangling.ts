// Whether a FlowSchema's priority level exists, as its condition Dangling says. Pure. Several servers may write it: all say the same.
import { toTime } from '../../base/clock.ts'
import type { FlowSchema, FlowSchemaCondition } from '../../api/types/flowcontrol-v1.ts'

export const danglingCondition = (level: string, exists: boolean, nowMs: number): FlowSchemaCondition => ({
  type: 'Dangling',
  status: exists ? 'False' : 'True',
  lastTransitionTime: toTime(nowMs),
  reason: exists ? 'Found' : 'NotFound',
  message: `This FlowSchema references the PriorityLevelConfiguration object named "${level}" ${exists ? 'and it exists' : 'but there is no such object'}`,
})

/** The schema with the condition as it should be; undefined when it is so already. */
export const withDangling = (schema: FlowSchema, exists: boolean, nowMs: number): FlowSchema | undefined => {
  const wanted = danglingCondition(schema.spec.priorityLevelConfiguration.name, exists, nowMs)
  const conditions = schema.status?.conditions ?? []
  const found = conditions.find(c => c.type === wanted.type)
  const same = found !== undefined && found.status === wanted.status
  if (same && found.reason === wanted.reason && found.message === wanted.message) return undefined
  const next = same && found.lastTransitionTime ? { ...wanted, lastTransitionTime: found.lastTransitionTime } : wanted
  return { ...schema, status: { ...schema.status, conditions: [...conditions.filter(c => c.type !== wanted.type), next] } }
}
