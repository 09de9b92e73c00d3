// What expressions of admission may use: the variables of webhooks' match conditions and of policies, and the objects and patches that
// mutating policies make.
import type { CompileOptions, Compiled, Environment } from './cel.types.ts'
import { createEnvironment } from './environment.ts'
import { authorizerType, resourceCheckType } from './library/authorizer.ts'
import { kubernetesLibraries } from './library/registry.ts'
import {
  boolType,
  type CelField,
  type CelType,
  dynType,
  type FieldSet,
  intType,
  listType,
  mapType,
  nullType,
  objectType,
  stringType,
  timestampType,
} from './type.ts'

const fields = (types: Readonly<Record<string, CelType>>): CelField[] => Object.entries(types).map(([name, type]) => ({ name, type }))

const kindType = objectType('kubernetes.GroupVersionKind', fields({ group: stringType, version: stringType, kind: stringType }))
const resourceType = objectType('kubernetes.GroupVersionResource', fields({ group: stringType, version: stringType, resource: stringType }))
const userType = objectType(
  'kubernetes.UserInfo',
  fields({ username: stringType, uid: stringType, groups: listType(stringType), extra: mapType(stringType, listType(stringType)) }),
)
const requestType = objectType(
  'kubernetes.AdmissionRequest',
  fields({
    kind: kindType,
    resource: resourceType,
    subResource: stringType,
    requestKind: kindType,
    requestResource: resourceType,
    requestSubResource: stringType,
    name: stringType,
    namespace: stringType,
    operation: stringType,
    userInfo: userType,
    dryRun: boolType,
    options: dynType,
  }),
)
const strings = mapType(stringType, stringType)
const namespaceType = objectType(
  'kubernetes.Namespace',
  fields({
    metadata: objectType(
      'kubernetes.NamespaceMetadata',
      fields({
        name: stringType,
        generateName: stringType,
        namespace: stringType,
        labels: strings,
        annotations: strings,
        UID: stringType,
        creationTimestamp: timestampType,
        deletionGracePeriodSeconds: intType,
        deletionTimestamp: timestampType,
        generation: intType,
        resourceVersion: stringType,
        finalizers: listType(stringType),
      }),
    ),
    spec: objectType('kubernetes.NamespaceSpec', fields({ finalizers: listType(stringType) })),
    status: objectType('kubernetes.NamespaceStatus', fields({ phase: stringType })),
  }),
)

/** Any name is a field of any type. */
const anyField: FieldSet = {
  get: name => ({ name, type: dynType }),
  keys: () => [][Symbol.iterator](),
  values: () => [][Symbol.iterator](),
}
const dynamicObject = (name: string): CelType => ({ kind: 'object', name, parameters: [], fields: anyField })

/** The configuration that an ApplyConfiguration evaluates to. */
export const applyConfigurationType = dynamicObject('Object')
const patchOperationType = objectType('JSONPatch', fields({ op: stringType, path: stringType, from: stringType, value: dynType }))
export const patchOperationsType = listType(patchOperationType)

const mutationType = (name: string): CelType | undefined =>
  name === 'JSONPatch' ? patchOperationType : name === 'Object' || name.startsWith('Object.') ? dynamicObject(name) : undefined

export interface AdmissionEnvironmentOptions {
  /** Whether there are params: a policy with a paramKind. */
  readonly hasParams?: boolean
  /** Only policies have variables. */
  readonly isPolicy?: boolean
  /** Objects and patches can be made. */
  readonly isMutation?: boolean
  /** What `object` and `oldObject` are, and `params`, where that is known; by default anything. */
  readonly objectType?: CelType
  readonly paramsType?: CelType
}

const variablesName = 'kubernetes.variables'

/** Compiles the expressions of one policy (or webhook): variables in their order, each known to what comes after it. */
export class AdmissionCompiler {
  readonly #base: Environment
  readonly #isPolicy: boolean
  readonly #variables = new Map<string, CelField>()

  constructor(options: AdmissionEnvironmentOptions) {
    const { hasParams = false, isPolicy = false, isMutation = false, objectType: ofObject = dynType, paramsType = dynType } = options
    this.#isPolicy = isPolicy
    this.#base = createEnvironment({
      variables: {
        object: ofObject,
        oldObject: ofObject,
        request: requestType,
        authorizer: authorizerType,
        'authorizer.requestResource': resourceCheckType,
        ...(hasParams && { params: paramsType }),
        namespaceObject: namespaceType,
      },
      ...(isMutation && { libraries: [...kubernetesLibraries, 'jsonPatch'], resolveType: mutationType }),
    })
  }

  /** The type of `variables` as it is now: with those that were compiled. */
  get variablesType(): CelType {
    return objectType(variablesName, [...this.#variables.values()])
  }

  compile(expression: string, options?: CompileOptions): Compiled {
    const environment = this.#isPolicy ? this.#base.extend({ variables: this.variablesType }) : this.#base
    return environment.compile(expression, options)
  }

  compileVariable(name: string, expression: string): Compiled {
    const compiled = this.compile(expression)
    // One that is wrong is known all the same: the fault is its own, not of those who use it.
    this.#variables.set(name, { name, type: compiled.ok ? compiled.program.outputType : dynType })
    return compiled
  }
}

export const expressionTypes = {
  condition: [boolType],
  message: [stringType],
  auditAnnotation: [stringType, nullType],
  applyConfiguration: [applyConfigurationType],
  jsonPatch: [patchOperationsType],
} as const
