// autoscaling/v1 Scale: a kind that is nowhere stored, the replicas of another.
export const scaleKind = {
  schema: 'io.k8s.api.autoscaling.v1.Scale',
  apiVersion: 'autoscaling/v1',
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
} as const
