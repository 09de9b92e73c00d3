// Warnings as header values: what goes into them comes from clients and webhooks, so it is made fit for a header and bounded as upstream's. Pure.

/** Beyond so many characters altogether each warning is cut, and later ones are left out. */
const maxTotal = 4 * 1024
const maxEach = 256

const toHeader = (text: string): string => `299 - "${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`

/** Control characters end or break a header. */
const onOneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')

const cut = (text: string): string => (text.length > maxEach ? text.slice(0, maxEach).toWellFormed() : text)

/** Headers are bytes; those of UTF-8 are what clients read. */
const toBytes = (text: string): string => Buffer.from(text).toString('latin1')

export const toWarningHeaders = (warnings: Iterable<string>): string[] => {
  const texts = [...warnings].map(onOneLine)
  const total = texts.reduce((sum, text) => sum + toHeader(text).length, 0)
  if (total <= maxTotal) return texts.map(text => toBytes(toHeader(text)))
  let left = maxTotal
  return texts
    .map(text => toHeader(cut(text)))
    .filter(header => (left -= header.length) >= 0)
    .map(toBytes)
}
