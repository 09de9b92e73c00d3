// Where a request came from: what proxies say in front of it, then who is connected.
import { isIP } from 'node:net'
import type { ApiRequest } from '../http/answer.ts'

const listOf = (header: string | string[] | undefined): string[] =>
  [header ?? []]
    .flat()
    .flatMap(line => line.split(','))
    .map(part => part.trim())
    .filter(address => isIP(address) !== 0)

/** Whatever a proxy in front says is only as true as the proxy; the last is the connection's own. */
export const sourceAddresses = ({ headers, remoteAddress }: Pick<ApiRequest, 'headers' | 'remoteAddress'>): string[] => {
  const forwarded = listOf(headers['x-forwarded-for'])
  const real = listOf(headers['x-real-ip'])
  const own = remoteAddress === undefined ? [] : [remoteAddress.replace(/^::ffff:(?=\d+\.)/, '')]
  const last = forwarded.at(-1)
  return [...forwarded, ...real.slice(0, 1).filter(a => a !== last), ...own.filter(a => a !== last)]
}
