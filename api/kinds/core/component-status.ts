// ComponentStatus of v1.
import { defineResource } from '../../resource.ts'
import type { ComponentCondition, ComponentStatus } from '../../types/core-v1.ts'

const healthOf = ({ conditions }: ComponentStatus): ComponentCondition | undefined => conditions?.find(c => c.type === 'Healthy')

export const componentStatuses = defineResource<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  namespaced: false,
  shortNames: ['cs'],
  verbs: ['get', 'list'],
  deprecationWarning: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    { name: 'Name', type: 'string', format: 'name', value: c => c.metadata.name },
    { name: 'Status', type: 'string', value: c => (healthOf(c)?.status === 'True' ? 'Healthy' : healthOf(c)?.status === 'False' ? 'Unhealthy' : 'Unknown') },
    { name: 'Message', type: 'string', value: c => healthOf(c)?.message ?? '' },
    { name: 'Error', type: 'string', value: c => healthOf(c)?.error ?? '' },
  ],
})
