// Where the contracts lie on disk: beside this file from source, in `proto/` beside the bundle when shipped.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export type ProtoName =
  | 'cri-v1'
  | 'containerd/content'
  | 'containerd/event-types'
  | 'containerd/events'
  | 'containerd/images'
  | 'containerd/leases'
  | 'containerd/namespaces'
  | 'containerd/version'

const here = import.meta.dirname

/** The folders that imports between the files are looked up in. */
export const protoFolders = (): string[] => {
  const root = existsSync(join(here, 'cri-v1.proto')) ? here : join(here, 'proto')
  return [root, join(root, 'containerd')]
}

export const protoFile = (name: ProtoName): string => join(protoFolders()[0]!, `${name}.proto`)
