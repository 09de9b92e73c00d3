// Paths that pods name: relative ones, without a way up.
import { invalidValue } from '../../field-error.ts'
import type { Errors } from '../collect.ts'

export const hasBackstep = (target: string): boolean => target.includes('..') && target.split('/').includes('..')

export const validateNoBackstep = (errors: Errors, path: string, target: string): void => {
  if (hasBackstep(target)) errors.push(invalidValue(path, target, 'must not contain ".."'))
}

export const validateDescendingPath = (errors: Errors, path: string, target: string): void => {
  if (target.startsWith('/')) errors.push(invalidValue(path, target, 'must be a relative path'))
  validateNoBackstep(errors, path, target)
}

/** Names beginning with ".." belong to the volume's own symbolic links. */
export const validateLocalPath = (errors: Errors, path: string, target: string): void => {
  validateDescendingPath(errors, path, target)
  if (target.startsWith('..') && !target.startsWith('../')) errors.push(invalidValue(path, target, 'must not begin with ".."'))
}
