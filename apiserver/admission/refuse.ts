// How admission says no: a 403 that names what was asked for, even where it has no name yet.
import { forbidden, type StatusError } from '../../api/status.ts'
import type { AdmissionRequest } from './admission.ts'

export const nameOf = ({ name, object }: AdmissionRequest): string => name || object?.metadata.name || object?.metadata.generateName || 'Unknown'

export const refuse = (request: AdmissionRequest, why: string): StatusError => forbidden(request.resource, nameOf(request), why)
