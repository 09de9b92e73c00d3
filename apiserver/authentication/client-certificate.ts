// Client certificates: the common name is the user, the organizations are its groups.
import type { Clock } from '../../base/clock.ts'
import type { Peer } from '../http/peer.ts'
import { credentialIdKey, type UserInfo } from '../user.ts'
import type { Authenticator } from './authenticator.ts'

const toUser = ({ commonName, organizations, fingerprint, uid }: Peer): UserInfo => ({
  name: commonName,
  ...(uid !== undefined && { uid }),
  groups: organizations,
  extra: { [credentialIdKey]: [`X509SHA256=${fingerprint}`] },
})

/** A connection may outlive the certificate that it began with. */
export const requireCurrent = ({ validToMs }: Peer, clock: Clock): void => {
  if (clock.now() > validToMs) throw new Error('the client certificate has expired')
}

export const clientCertificate = (clock: Clock): Authenticator => ({
  name: 'x509',
  authenticate: ({ peer }) => {
    if (!peer) return undefined
    if (!peer.trustedAs.includes('client')) throw new Error('no client authority signed the certificate')
    requireCurrent(peer, clock)
    return peer.commonName ? toUser(peer) : undefined
  },
})
