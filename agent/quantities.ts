// Quantities as the numbers that the kernel takes: pure. What does not parse counts as zero; the API server has validated it.
const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

export const toAmount = (quantity: string | number | undefined): number => {
  if (quantity === undefined) return 0
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$/.exec(String(quantity).trim())
  return match ? Number(match[1]) * (suffixes[match[2]!] ?? 0) : 0
}

/** Rounded up, as upstream's Value() and MilliValue() do; the division undoes binary fractions. */
export const toUnits = (quantity: string | number | undefined): number => Math.ceil(Number(toAmount(quantity).toFixed(6)))
export const toMillis = (quantity: string | number | undefined): number => Math.ceil(Number((toAmount(quantity) * 1000).toFixed(6)))
