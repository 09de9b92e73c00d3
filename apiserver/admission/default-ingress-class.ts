// An Ingress without a class gets the one that is marked as the default.
import type { Ingress } from '../../api/types/networking-v1.ts'
import type { AdmissionPlugin } from './admission.ts'
import { findDefaultClass } from './default-class.ts'
import type { AdmissionDeps } from './registry.ts'

const legacyAnnotation = 'kubernetes.io/ingress.class'

export const defaultIngressClass = (deps: AdmissionDeps): AdmissionPlugin => ({
  name: 'DefaultIngressClass',
  handles: ['ingresses.networking.k8s.io'],
  operations: ['CREATE'],
  admit: async ({ object }) => {
    const ingress = object as unknown as Partial<Ingress>
    if (ingress.spec?.ingressClassName !== undefined || ingress.metadata?.annotations?.[legacyAnnotation] !== undefined) return
    const chosen = await findDefaultClass(deps, 'ingressclasses.networking.k8s.io', ['ingressclass.kubernetes.io/is-default-class'])
    if (chosen !== undefined) ingress.spec = { ...ingress.spec, ingressClassName: chosen }
  },
})
