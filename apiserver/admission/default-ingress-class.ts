// An Ingress without a class gets the one that is marked as the default.
import { forbidden } from '../../api/status.ts'
import type { AdmissionPlugin } from './admission.ts'
import type { AdmissionDeps } from './registry.ts'

const marker = 'ingressclass.kubernetes.io/is-default-class'
const legacyAnnotation = 'kubernetes.io/ingress.class'

export const defaultIngressClass = ({ store, table }: AdmissionDeps): AdmissionPlugin => ({
  name: 'DefaultIngressClass',
  admit: async ({ operation, resource, subresource, name, object }) => {
    if (operation !== 'CREATE' || resource.id !== 'ingresses.networking.k8s.io' || subresource !== '' || !object) return
    const ingress = object as typeof object & { spec?: { ingressClassName?: string } }
    if (ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.[legacyAnnotation] !== undefined) return
    const { entries } = await store.list(table.stored('ingressclasses.networking.k8s.io').prefixOf(''), { freshness: 'any' })
    const defaults = [...entries]
      .map(e => e.object())
      .filter(c => c.metadata.annotations?.[marker] === 'true')
      // The newest wins, then the first by name.
      .sort(
        (a, b) =>
          (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '') ||
          (a.metadata.name ?? '').localeCompare(b.metadata.name ?? ''),
      )
    const chosen = defaults[0]?.metadata.name
    if (chosen === undefined) return
    if (!ingress.spec) throw forbidden(resource, name, 'an Ingress has a spec')
    ingress.spec.ingressClassName = chosen
  },
})
