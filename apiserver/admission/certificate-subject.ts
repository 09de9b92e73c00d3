// The subject of a certificate signing request, read with the one parser of PKCS#10 that we have, which is loaded when it is first needed.

export interface CertificateSubject {
  readonly commonName: string
  readonly organizations: readonly string[]
}

/** `request` is base64 of PEM, as spec.request has it; undefined when it cannot be read. */
export const readCertificateSubject = async (request: string): Promise<CertificateSubject | undefined> => {
  await import('reflect-metadata')
  const { Pkcs10CertificateRequest } = await import('@peculiar/x509')
  try {
    const { subjectName } = new Pkcs10CertificateRequest(Buffer.from(request, 'base64').toString())
    return { commonName: subjectName.getField('CN').at(-1) ?? '', organizations: subjectName.getField('O') }
  } catch {
    return undefined
  }
}
