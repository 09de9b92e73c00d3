// Secret of v1.
import { type FieldError, forbiddenField, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { Secret } from '../../types/core-v1.ts'
import { keyed } from '../../validation/collect.ts'
import { decodedLength, validateDataKeys, validateDataSize } from '../../validation/data-keys.ts'
import { addImmutable, semanticEqual } from '../../validation/equality.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

const validateType = (errors: FieldError[], secret: Secret): void => {
  const data = secret.data ?? {}
  const need = (key: string): void => {
    if (data[key] === undefined) errors.push(required(keyed('data', key)))
  }
  const needJson = (key: string): void => {
    need(key)
    if (data[key] === undefined) return
    try {
      const value: unknown = JSON.parse(atob(data[key]))
      if (value === null || (typeof value === 'object' && !Array.isArray(value))) return
    } catch {
      /* reported below, like anything that is not an object */
    }
    errors.push(invalidValue(keyed('data', key), '<secret contents redacted>', 'must be a JSON object'))
  }
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata.annotations?.['kubernetes.io/service-account.name'])
        errors.push(required('metadata.annotations[kubernetes.io/service-account.name]'))
      break
    case 'kubernetes.io/dockercfg':
      needJson('.dockercfg')
      break
    case 'kubernetes.io/dockerconfigjson':
      needJson('.dockerconfigjson')
      break
    case 'kubernetes.io/basic-auth':
      if (data.username === undefined && data.password === undefined) {
        need('username')
        need('password')
      }
      break
    case 'kubernetes.io/ssh-auth':
      if (!data['ssh-privatekey']) errors.push(required(keyed('data', 'ssh-privatekey')))
      break
    case 'kubernetes.io/tls':
      need('tls.crt')
      need('tls.key')
  }
}

const validate = (secret: Secret, old: Secret | undefined): FieldError[] => {
  const errors: FieldError[] = []
  if (old) {
    addImmutable(errors, 'type', secret.type, old.type)
    if (old.immutable) {
      const frozen = (field: string): void => {
        errors.push(forbiddenField(field, 'field is immutable when `immutable` is set'))
      }
      if (!secret.immutable) frozen('immutable')
      if (!semanticEqual(secret.data, old.data)) frozen('data')
    }
  }
  validateDataSize(errors, 'data', validateDataKeys(errors, 'data', secret.data, decodedLength))
  validateType(errors, secret)
  return errors
}

const pemBlock = /^-----BEGIN [^\n]+-----\s*$/m
/** What a server would say that is to use the pair: here as far as telling whether there are any. */
const pairWarnings = ({ type, data }: Secret): string[] => {
  if (type !== 'kubernetes.io/tls') return []
  const has = (key: string): boolean => pemBlock.test(atob(data?.[key] ?? ''))
  if (!has('tls.crt')) return ['tls: failed to find any PEM data in certificate input']
  return has('tls.key') ? [] : ['tls: failed to find any PEM data in key input']
}

/** base64 of text in UTF-8. */
const encode = (text: string): string => {
  let binary = ''
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** stringData is write-only: its entries move into data. */
const defaultSecret = (secret: Secret): void => {
  secret.type ??= 'Opaque'
  const text = secret.stringData
  if (!text) return
  const data = (secret.data ??= {})
  for (const key in text) data[key] = encode(text[key] ?? '')
  delete secret.stringData
}

export const secrets = defineResource<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  columns: [
    nameColumn,
    column('Type', 'string', s => s.type ?? '', 'Kind of content.'),
    column('Data', 'string', s => Object.keys(s.data ?? {}).length, 'Number of entries.'),
    ageColumn,
  ],
  selectableFields: { type: s => s.type ?? '' },
  default: defaultSecret,
  // An empty type stands for the type it had.
  prepare: (secret, old) => {
    if (old && !secret.type) secret.type = old.type ?? 'Opaque'
  },
  validate,
  warnings: pairWarnings,
})
