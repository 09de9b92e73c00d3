// autoscaling/v1 HorizontalPodAutoscaler, stored as v2.
import { toV1, toV2 } from '../../api/kinds/autoscaling/v1-form.ts'
import type { Conversion } from './registry.ts'

export const autoscalingV1: Conversion = { served: 'autoscaling/v1/HorizontalPodAutoscaler', toServed: toV1, toStored: toV2 }
