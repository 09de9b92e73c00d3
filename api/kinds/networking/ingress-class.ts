// IngressClass of networking.k8s.io/v1.
import { type FieldError, forbiddenField, invalidValue, required, tooLong } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { IngressClass } from '../../types/networking-v1.ts'
import { addInvalid, addRequiredName, addSupported } from '../../validation/collect.ts'
import { addImmutable } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { byteLength, isDns1123Label, isDns1123Subdomain, isPathSegmentName } from '../../validation/names.ts'
import { ageColumn, column, nameColumn, none } from '../columns.ts'

const validateController = (errors: FieldError[], controller: string): void => {
  const path = 'spec.controller'
  if (!controller) {
    errors.push(required(path))
    return
  }
  if (byteLength(controller) > 250) errors.push(tooLong(path, 250))
  const slash = controller.indexOf('/')
  const [domain, rest] = [controller.slice(0, slash), controller.slice(slash + 1)]
  if (slash <= 0 || rest === '') {
    errors.push(invalidValue(path, controller, 'must be a domain and a path, joined by "/"'))
    return
  }
  addInvalid(errors, path, domain, isDns1123Subdomain(domain))
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest)) errors.push(invalidValue(path, rest, 'invalid path'))
}

const validate = (given: IngressClass, old: IngressClass | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(given).spec ?? {}
  validateController(errors, spec.controller ?? '')
  const parameters = spec.parameters
  if (parameters) {
    const path = 'spec.parameters'
    if (parameters.apiGroup !== undefined) addInvalid(errors, `${path}.apiGroup`, parameters.apiGroup, isDns1123Subdomain(parameters.apiGroup))
    addRequiredName(errors, `${path}.kind`, parameters.kind, isPathSegmentName)
    addRequiredName(errors, `${path}.name`, parameters.name, isPathSegmentName)
    const { scope, namespace } = parameters
    if (scope === undefined) errors.push(required(`${path}.scope`))
    else addSupported(errors, `${path}.scope`, scope, ['Cluster', 'Namespace'])
    if (scope === 'Namespace') {
      if (namespace === undefined) errors.push(required(`${path}.namespace`, 'when `scope` is Namespace'))
      else addInvalid(errors, `${path}.namespace`, namespace, isDns1123Label(namespace))
    } else if (namespace !== undefined && scope === 'Cluster') errors.push(forbiddenField(`${path}.namespace`, 'when `scope` is Cluster'))
  }
  if (old) addImmutable(errors, 'spec.controller', given.spec?.controller, old.spec?.controller)
  return errors
}

const parameters = (object: IngressClass): string => {
  const p = object.spec?.parameters
  return p ? `${p.kind}${p.apiGroup ? `.${p.apiGroup}` : ''}/${p.name}` : none
}

export const ingressClasses = defineResource<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  generation: true,
  columns: [
    nameColumn,
    column('Controller', 'string', c => c.spec?.controller ?? '', 'Who serves it.'),
    column('Parameters', 'string', parameters, 'Further settings.'),
    ageColumn,
  ],
  default: object => {
    if (object.spec?.parameters) object.spec.parameters.scope ??= 'Cluster'
  },
  validate,
})
