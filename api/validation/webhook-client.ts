// Where a webhook is reached, by URL or by Service: admission webhooks and the conversion of custom resources.
import { invalidValue, required } from '../field-error.ts'
import { addInvalid, type Errors } from './collect.ts'
import type { Loose } from './loose.ts'
import { isDns1123Subdomain, isPortNumber } from './names.ts'

interface ServiceReference {
  name: string
  namespace: string
  path?: string
  port?: number
}
export interface WebhookClient {
  url?: string
  service?: ServiceReference
  caBundle?: string
}

/** Only https, a host, and nothing that would travel beside the path. */
const validateUrl = (errors: Errors, path: string, text: string): void => {
  const match = /^(?:([A-Za-z][-+.A-Za-z0-9]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text)
  if (!match || /[\u0000-\u001f\u007f]|%(?![0-9A-Fa-f]{2})/.test(text) || (!match[1] && /^[^/?#]*:/.test(text)) || /[ <>"\\^`{|}]/.test(match[2] ?? '')) {
    errors.push(required(path, 'must be a valid URL'))
    return
  }
  const [, scheme = '', authority = '', , query = '', fragment = ''] = match
  if (scheme.toLowerCase() !== 'https') errors.push(invalidValue(path, scheme, 'the scheme must be https'))
  const at = authority.lastIndexOf('@')
  if (authority.slice(at + 1) === '') errors.push(invalidValue(path, '', 'a host is required'))
  if (at >= 0) errors.push(invalidValue(path, text, 'user information is not permitted'))
  if (fragment.length > 1) errors.push(invalidValue(path, fragment, 'a fragment is not permitted'))
  if (query.length > 1) errors.push(invalidValue(path, query, 'a query is not permitted'))
}

const validateServicePath = (errors: Errors, path: string, urlPath: string): void => {
  if (urlPath === '' || urlPath === '/') return
  if (urlPath === '//') {
    errors.push(invalidValue(path, urlPath, 'segment[0] may not be empty'))
    return
  }
  if (!urlPath.startsWith('/')) errors.push(invalidValue(path, urlPath, 'must begin with "/"'))
  const steps = urlPath.slice(1).split('/')
  if (steps.at(-1) === '') steps.pop()
  steps.forEach((step, i) => {
    if (step === '') errors.push(invalidValue(path, urlPath, `segment[${i}] may not be empty`))
    else
      addInvalid(
        errors,
        path,
        urlPath,
        isDns1123Subdomain(step).map(m => `segment[${i}]: ${m}`),
      )
  })
}

export const validateWebhookClient = (errors: Errors, path: string, client: Loose<WebhookClient>): void => {
  const { url, service } = client
  if ((url === undefined) === (service === undefined)) {
    errors.push(required(path, 'exactly one of url or service is required'))
    return
  }
  if (url !== undefined) {
    validateUrl(errors, `${path}.url`, url)
    return
  }
  const at = `${path}.service`
  // Upstream names the other of the two, and clients see causes by field.
  if (!service?.name) errors.push(required(`${at}.namespace`, 'a service needs a name and a namespace'))
  if (!service?.namespace) errors.push(required(`${at}.name`, 'a service needs a name and a namespace'))
  addInvalid(errors, `${at}.port`, service?.port, isPortNumber(service?.port ?? 443))
  if (service?.path !== undefined) validateServicePath(errors, `${at}.path`, service.path)
}

export const defaultWebhookClient = (client: Loose<WebhookClient> | undefined | null): void => {
  if (client?.service) client.service.port ??= 443
}
