// The thread behind yaml-reader.ts: one body in, its value or what is wrong with it out. Says first that it has loaded what that takes.
import { parentPort } from 'node:worker_threads'
import { stringifyJson } from '../../api/json.ts'
import { parseYaml } from './yaml.ts'
import type { ThreadAnswer } from './yaml-reader.ts'

parentPort?.on('message', (bytes: Uint8Array) => {
  parseYaml(Buffer.from(bytes)).then(
    ({ value, duplicates }) => parentPort?.postMessage({ json: stringifyJson(value), duplicates } satisfies ThreadAnswer),
    (error: unknown) => parentPort?.postMessage({ fault: error instanceof Error ? error.message : String(error) } satisfies ThreadAnswer),
  )
})

await parseYaml(Buffer.from('a: b'))
parentPort?.postMessage({ ready: true } satisfies ThreadAnswer)
