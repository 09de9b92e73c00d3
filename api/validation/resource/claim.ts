// What a claim asks for: requests, constraints between them, configuration for the drivers.
import { invalidValue, notSupported, required } from '../../field-error.ts'
import type { DeviceClaim, DeviceClaimConfiguration, DeviceConstraint, DeviceRequest, DeviceSubRequest } from '../../types/resource-v1.ts'
import { addItems, addSet } from '../collections.ts'
import { addRequiredName, type Errors } from '../collect.ts'
import type { Loose } from '../loose.ts'
import { isDns1123Subdomain } from '../names.ts'
import { validateDeviceConfiguration, validateDeviceToleration, validateFullyQualifiedName, validateLabelLike } from './names.ts'
import { SelectorJudge } from './selectors.ts'

const maxRequests = 32
const maxAlternatives = 8

/** Requests by name, each with the names of its alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>

export const requestNamesOf = (claim: Loose<DeviceClaim> | undefined): RequestNames =>
  new Map((claim?.requests ?? []).map(({ name = '', firstAvailable }) => [name, new Set((firstAvailable ?? []).map(sub => sub.name ?? ''))]))

/** `request` or `request/alternative`. */
export const validateRequestRef = (errors: Errors, path: string, ref: string, names: RequestNames): void => {
  const unknown = invalidValue(path, ref, 'must be the name of a request, or of a request and one of its alternatives joined by "/"')
  const [request = '', alternative, ...more] = ref.split('/')
  if (more.length) {
    errors.push(unknown)
    return
  }
  validateLabelLike(errors, path, request)
  if (alternative !== undefined) validateLabelLike(errors, path, alternative)
  const alternatives = names.get(request)
  if (!alternatives || (alternative !== undefined && !alternatives.has(alternative))) errors.push(unknown)
}

export const validateRequestRefs = (errors: Errors, path: string, refs: readonly string[] | undefined, names: RequestNames): void =>
  addSet(
    errors,
    path,
    refs,
    maxRequests,
    (ref, at) => validateRequestRef(errors, at, ref, names),
    ref => ref,
  )

type Ask = Omit<Loose<DeviceSubRequest>, 'name'>

const validateAmount = (errors: Errors, path: string, { allocationMode, count = 0 }: Ask): void => {
  if (allocationMode === 'All') {
    if (count !== 0) errors.push(invalidValue(`${path}.count`, count, 'must not be specified when allocationMode is All'))
  } else if (allocationMode === 'ExactCount') {
    if (count <= 0) errors.push(invalidValue(`${path}.count`, count, 'must be greater than zero'))
  } else errors.push(notSupported(`${path}.allocationMode`, allocationMode, ['All', 'ExactCount']))
}

const validateAsk = (errors: Errors, path: string, ask: Ask, selectors: SelectorJudge): void => {
  addRequiredName(errors, `${path}.deviceClassName`, ask.deviceClassName, isDns1123Subdomain)
  selectors.judge(errors, `${path}.selectors`, ask.selectors)
  validateAmount(errors, path, ask)
  ask.tolerations?.forEach((toleration, i) => validateDeviceToleration(errors, `${path}.tolerations[${i}]`, toleration))
}

const validateRequest = (errors: Errors, path: string, request: Loose<DeviceRequest>, selectors: SelectorJudge): void => {
  validateLabelLike(errors, `${path}.name`, request.name)
  const { exactly, firstAvailable = [] } = request
  if (!exactly && !firstAvailable.length) errors.push(required(path, 'exactly one of `exactly` and `firstAvailable` is required'))
  else if (exactly && firstAvailable.length)
    errors.push(invalidValue(path, null, 'exactly one of `exactly` and `firstAvailable` is required, but both are set'))
  else if (exactly) validateAsk(errors, `${path}.exactly`, exactly, selectors)
  else {
    const judge = (sub: Loose<DeviceSubRequest>, at: string): void => {
      validateLabelLike(errors, `${at}.name`, sub.name)
      validateAsk(errors, at, sub, selectors)
    }
    addSet(errors, `${path}.firstAvailable`, firstAvailable, maxAlternatives, judge, sub => sub.name ?? '')
  }
}

const validateConstraint = (errors: Errors, path: string, constraint: Loose<DeviceConstraint>, names: RequestNames): void => {
  validateRequestRefs(errors, `${path}.requests`, constraint.requests, names)
  const { matchAttribute, distinctAttribute } = constraint
  if (matchAttribute !== undefined) validateFullyQualifiedName(errors, `${path}.matchAttribute`, matchAttribute)
  else if (distinctAttribute !== undefined) validateFullyQualifiedName(errors, `${path}.distinctAttribute`, distinctAttribute)
  else errors.push(required(path, 'one of `matchAttribute` and `distinctAttribute` is required'))
}

/** `isStored`: nothing but what could never have been accepted is judged again. */
export const validateDeviceClaim = (errors: Errors, path: string, claim: Loose<DeviceClaim> = {}, isStored = false): void => {
  const names = requestNamesOf(claim)
  const selectors = new SelectorJudge(isStored)
  const judge = (request: Loose<DeviceRequest>, at: string): void => validateRequest(errors, at, request, selectors)
  addSet(errors, `${path}.requests`, claim.requests, maxRequests, judge, request => request.name ?? '')
  addItems(errors, `${path}.constraints`, claim.constraints, 32, (constraint, at) => validateConstraint(errors, at, constraint, names))
  addItems(errors, `${path}.config`, claim.config, 32, (config: Loose<DeviceClaimConfiguration>, at) => {
    validateRequestRefs(errors, `${at}.requests`, config.requests, names)
    validateDeviceConfiguration(errors, at, config, isStored)
  })
}
