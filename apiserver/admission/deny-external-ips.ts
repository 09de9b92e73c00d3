// Off by default: nobody gives a Service an external address that it does not have yet, as whoever can takes others' traffic (CVE-2020-8554).
import type { Service } from '../../api/types/core-v1.ts'
import type { AdmissionPlugin } from './admission.ts'
import { refuse } from './refuse.ts'

export const denyExternalIps: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  handles: ['services'],
  operations: ['CREATE', 'UPDATE'],
  validate: request => {
    const known = (request.old as unknown as Service | undefined)?.spec.externalIPs ?? []
    const added = ((request.object as unknown as Service).spec.externalIPs ?? []).filter(ip => !known.includes(ip))
    if (added.length) throw refuse(request, 'Use of external IPs is denied by admission control')
  },
}
