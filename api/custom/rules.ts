// x-kubernetes-validations of a schema, compiled. Pure.
import type { FieldError } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import type { JSONSchemaProps } from '../types/apiextensions-v1.ts'

export type Rules = (object: KubeObject, old: KubeObject | undefined, warn: (text: string) => void) => FieldError[]

/** Undefined when the schema has no rules. */
export const compileRules = (_props: JSONSchemaProps): Rules | undefined => undefined
