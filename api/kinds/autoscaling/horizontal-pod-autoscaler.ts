// HorizontalPodAutoscaler of autoscaling/v2.
import { defineResource } from '../../resource.ts'
import type { HorizontalPodAutoscaler } from '../../types/autoscaling-v2.ts'

export const horizontalPodAutoscalers = defineResource<HorizontalPodAutoscaler>({
  group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', namespaced: true,
  shortNames: ['hpa'], categories: ['all'], status: true,
})
