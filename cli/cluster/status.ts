// What `wherry status` shows: the processes of a cluster with their memory, and what the API server says of the node.
import { readFile } from 'node:fs/promises'
import type { Paths } from '../../base/paths.ts'
import { toPki } from '../../base/tls.ts'
import { readProgram } from '../supervise/kept.ts'
import { apiServerUrl, readClusterConfig, toPkiNames } from './cluster-files.ts'

export interface ProcessStatus {
  readonly name: string
  readonly pid?: number
  readonly pssKb?: number
}

export interface ClusterStatus {
  readonly healthy: boolean
  readonly processes: readonly ProcessStatus[]
  readonly api: string
  readonly nodes: readonly { readonly name: string; readonly ready: boolean; readonly message: string }[]
}

/** Proportional set size: shared pages count in shares, so that the sum over processes is what the machine spends. */
const readPssKb = async (pid: number): Promise<number | undefined> => {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  const value = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1]
  return value === undefined ? undefined : Number(value)
}

interface NodeList {
  items: { metadata: { name: string }; status?: { conditions?: { type: string; status: string; message?: string }[] } }[]
}

export const readStatus = async (paths: Paths): Promise<ClusterStatus> => {
  const config = await readClusterConfig(paths)
  if (!config) return { healthy: false, processes: [], api: `no cluster in ${paths.etc}: start one with "npm start"`, nodes: [] }
  const names = [...(config.etcd.own ? ['etcd'] : []), ...(config.containerd.own ? ['containerd'] : []), 'server', 'agent']
  const processes = await Promise.all(
    names.map(async (name): Promise<ProcessStatus> => {
      const pid = (await readProgram({ name, run: paths.run }))?.pid
      const pssKb = pid === undefined ? undefined : await readPssKb(pid)
      return { name, ...(pid !== undefined && { pid }), ...(pssKb !== undefined && { pssKb }) }
    }),
  )
  const { request } = await import('node:https')
  const admin = toPki(paths.pki, toPkiNames(config)).admin
  let api = 'ready'
  let nodes: ClusterStatus['nodes'] = []
  try {
    const [ca, cert, key] = await Promise.all([readFile(admin.ca), readFile(admin.cert), readFile(admin.key)])
    const body = await new Promise<string>((resolve, reject) => {
      const asked = request(`${apiServerUrl(config)}/api/v1/nodes`, { ca, cert, key, agent: false, timeout: 5000 }, response => {
        let text = ''
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => (text += chunk))
          .on('error', reject)
          .on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`it answers ${response.statusCode}`))))
      })
      asked
        .on('error', reject)
        .on('timeout', () => asked.destroy(new Error('it does not answer in 5 s')))
        .end()
    })
    nodes = (JSON.parse(body) as NodeList).items.map(({ metadata, status }) => {
      const condition = status?.conditions?.find(({ type }) => type === 'Ready')
      return { name: metadata.name, ready: condition?.status === 'True', message: condition?.message ?? '' }
    })
  } catch (error) {
    api = `not reachable at ${apiServerUrl(config)}: ${(error as Error).message}`
  }
  return {
    healthy: api === 'ready' && nodes.length > 0 && nodes.every(({ ready }) => ready) && processes.every(({ pid }) => pid !== undefined),
    processes,
    api,
    nodes,
  }
}

export const toStatusLines = ({ processes, api, nodes }: ClusterStatus): string[] => [
  ...processes.map(
    ({ name, pid, pssKb }) =>
      `${name.padEnd(12)}${pid === undefined ? 'not running' : `running, pid ${pid}${pssKb === undefined ? '' : `, ${(pssKb / 1024).toFixed(0)} MB`}`}`,
  ),
  `${'API server'.padEnd(12)}${api}`,
  ...nodes.map(({ name, ready, message }) => `${'node'.padEnd(12)}${name} ${ready ? 'Ready' : `NotReady${message ? `: ${message}` : ''}`}`),
]
