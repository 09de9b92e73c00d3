// The file that says how objects are encrypted in etcd: made at the first start, for its owner alone, and read by every API server.
import { randomBytes } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import type { Paths } from '../../base/paths.ts'
import { writeAtomically } from '../../base/tls.ts'
import { newEncryptionConfiguration, parseEncryptionConfiguration, type EncryptionRules } from '../../store/encryption/configuration.ts'
import type { ClusterConfig } from './cluster-config.ts'

type Chosen = Pick<ClusterConfig, 'encryptionConfig'>

const keyBytes = 32

const fileOf = (config: Chosen, paths: Pick<Paths, 'encryption'>): string => config.encryptionConfig ?? paths.encryption

/** Throws an Error that names the file and what is wrong with it. */
export const readEncryption = async (config: Chosen, paths: Pick<Paths, 'encryption'>): Promise<EncryptionRules> => {
  const file = fileOf(config, paths)
  const { load } = await import('js-yaml')
  let parsed: unknown
  try {
    parsed = load(await readFile(file, 'utf8'))
  } catch (error) {
    // The parser's own message may quote a secret.
    throw new Error(`the encryption configuration ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'it is not YAML'}`)
  }
  try {
    return parseEncryptionConfiguration(parsed)
  } catch (error) {
    throw new Error(`the encryption configuration ${file} is not valid: ${(error as Error).message}`, { cause: error })
  }
}

/** Makes the file when none is chosen and none is there; checks it. */
export const ensureEncryption = async (config: Chosen, paths: Pick<Paths, 'encryption'>): Promise<void> => {
  const missing =
    config.encryptionConfig === undefined &&
    (await access(paths.encryption).then(
      () => false,
      () => true,
    ))
  if (missing) await writeAtomically(paths.encryption, newEncryptionConfiguration(randomBytes(keyBytes)))
  await readEncryption(config, paths)
}
