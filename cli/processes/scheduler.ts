// `wherry scheduler`: the scheduler alone, over HTTPS.
import { systemClock } from '../../base/clock.ts'
import { toPki } from '../../base/tls.ts'
import { createHttpsTransport } from '../../client/https-transport.ts'
import { createScheduler } from '../../scheduler/main.ts'
import { apiServerUrl, toPkiNames } from '../cluster/cluster-files.ts'
import { readTls } from './read-tls.ts'
import type { Composition } from './run-services.ts'

export const composeScheduler: Composition = async (config, { log, paths }) => {
  const transport = createHttpsTransport({ server: apiServerUrl(config), ...(await readTls(toPki(paths.pki, toPkiNames(config)).scheduler)) })
  return [{ name: 'scheduler', service: createScheduler({}, { log, transport, clock: systemClock }) }]
}
