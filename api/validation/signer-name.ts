// Names of certificate signers: a domain, a slash, a path.
import { invalidValue, required, tooLong } from '../field-error.ts'
import type { Errors } from './collect.ts'
import { isDns1123Subdomain } from './names.ts'

const maxDomain = 253
const maxPath = 571 - 1 - maxDomain
const segment = /^[-a-zA-Z0-9_]+(\.[-a-zA-Z0-9_]+)*$/

export const validateSignerName = (errors: Errors, path: string, name: string): void => {
  if (name === '') errors.push(required(path))
  const parts = name.split('/')
  const [domain = '', ...rest] = parts
  if (rest.length === 0) {
    errors.push(invalidValue(path, name, 'must be a domain and a path, joined by "/"'))
    return
  }
  if (rest.length > 1) {
    errors.push(invalidValue(path, name, 'must have one "/"'))
    return
  }
  if (isDns1123Subdomain(domain).length || !domain.includes('.'))
    errors.push(invalidValue(path, domain, 'the domain must be a DNS name of at least two labels'))
  for (const item of (rest[0] ?? '').split('.')) {
    if (!segment.test(item)) errors.push(invalidValue(path, rest[0], 'the path must be letters, digits, "-" and "_", joined by dots'))
  }
  if (domain.length > maxDomain) errors.push(tooLong(path, maxDomain))
  if ((rest[0] ?? '').length > maxPath) errors.push(tooLong(path, maxPath))
}
