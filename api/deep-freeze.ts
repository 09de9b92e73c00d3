// Objects that are shared are frozen all the way down, so that nobody changes what others read.

/** Freezes JSON data in place. What is frozen was frozen here: parts that objects share are not walked again. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const key in value) deepFreeze(value[key])
  return value
}
