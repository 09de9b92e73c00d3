// Entry of the long-running processes: process.ts KIND --config=FILE. Loads no command-line parser.
import { readFile } from 'node:fs/promises'
import type { ClusterConfig } from './cluster/cluster-config.ts'
import { processKinds, runProcess } from './processes/run-process.ts'

const [name = '', flag = ''] = process.argv.slice(2)
const kind = processKinds.find(known => known === name)
const file = /^--config=(.+)$/.exec(flag)?.[1]
if (!kind || file === undefined) throw new Error(`usage: process.ts ${processKinds.join('|')} --config=FILE`)
await runProcess(kind, JSON.parse(await readFile(file, 'utf8')) as ClusterConfig)
