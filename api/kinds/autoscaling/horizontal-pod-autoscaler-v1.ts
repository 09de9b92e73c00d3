// HorizontalPodAutoscaler of autoscaling/v1.
import { defineResource } from '../../resource.ts'
import type { HorizontalPodAutoscaler } from '../../types/autoscaling-v1.ts'

export const horizontalPodAutoscalersV1 = defineResource<HorizontalPodAutoscaler>({
  group: 'autoscaling', version: 'v1', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', namespaced: true,
  shortNames: ['hpa'], categories: ['all'], status: true,
})
