// The static token file: lines of `token,user,uid,"group1,group2"` in CSV, read once at start.
import { createHash } from 'node:crypto'
import type { UserInfo } from '../user.ts'
import type { TokenAuthenticator } from './bearer-token.ts'

/** The records of a CSV text; quoted fields may hold commas, line breaks and doubled quotes. */
const parseCsv = (text: string): string[][] => {
  const records: string[][] = []
  let record: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|$)/y
  while (field.lastIndex < text.length) {
    const at = field.lastIndex
    const match = field.exec(text)
    if (!match) throw new Error(`the token file is no CSV at character ${at}`)
    record.push(match[1] === undefined ? match[2]!.trimStart() : match[1].replaceAll('""', '"'))
    if (match[3] === ',') continue
    if (record.length > 1 || record[0]) records.push(record)
    record = []
  }
  return records.filter(([first]) => !first?.startsWith('#'))
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64')

/** Throws one sentence for a file that cannot be read. */
export const staticTokens = (csv: string): TokenAuthenticator => {
  // By digest, so that how long a look-up takes says nothing about the tokens.
  const users = new Map<string, UserInfo>()
  for (const [token = '', name = '', uid, groups = ''] of parseCsv(csv)) {
    if (uid === undefined) throw new Error('each line of the token file has at least three columns: token, user name, user uid')
    if (!token) continue
    const list = groups
      .split(',')
      .map(g => g.trim())
      .filter(Boolean)
    users.set(digest(token), { name, ...(uid && { uid }), groups: list })
  }
  return {
    name: 'token-file',
    authenticate: (token, audiences) => {
      const user = users.get(digest(token))
      return user && { user, audiences }
    },
  }
}
