// Certificates as the PEM texts that servers and transports take.
import { readFile } from 'node:fs/promises'
import type { TlsFiles } from '../../base/tls.ts'

export const readTls = async (files: TlsFiles): Promise<{ ca: string; cert: string; key: string }> => {
  const [ca, cert, key] = await Promise.all([readFile(files.ca, 'utf8'), readFile(files.cert, 'utf8'), readFile(files.key, 'utf8')])
  return { ca, cert, key }
}
