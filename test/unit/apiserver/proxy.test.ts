import t from 'tap'
import { isProxyable, parseWanted } from '../../../apiserver/subresources/proxy-location.ts'
import { rewriteLink } from '../../../apiserver/subresources/proxy.ts'

await t.test('what a name in front of /proxy says', t => {
  t.same(parseWanted('web'), { scheme: '', name: 'web', port: '' })
  t.same(parseWanted('web:http'), { scheme: '', name: 'web', port: 'http' })
  t.same(parseWanted('https:web:443'), { scheme: 'https', name: 'web', port: '443' })
  t.same(parseWanted('https:web:'), { scheme: 'https', name: 'web', port: '' })
  for (const odd of ['', ':80', 'ftp:web:21', 'a:b:c:d', 'http::80', ':web:80']) t.equal(parseWanted(odd), undefined, odd)
  t.end()
})

await t.test('addresses of this machine are not for others', t => {
  for (const address of ['10.1.2.3', '192.0.2.1', '2001:db8::1', 'fd00::1']) t.ok(isProxyable(address), address)
  for (const address of [
    '',
    'web',
    '127.0.0.1',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '239.1.1.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'ff02::1',
    '::ffff:127.0.0.1',
  ])
    t.notOk(isProxyable(address), address)
  t.end()
})

await t.test('links back', t => {
  const prefix = '/api/v1/namespaces/n/services/s/proxy'
  const rewrite = (link: string): string => rewriteLink(link, prefix, 'api:6443', '10.0.0.9:80')
  t.equal(rewrite('/login?x=1#y'), `https://api:6443${prefix}/login?x=1#y`)
  t.equal(rewrite('http://10.0.0.9/x/'), 'http://10.0.0.9/x/', 'another port is another host')
  t.equal(rewriteLink('http://10.0.0.9:81/x/', prefix, 'api:6443', '10.0.0.9:81'), `https://api:6443${prefix}/x/`)
  t.equal(rewrite('https://api:6443/x'), `https://api:6443${prefix}/x`)
  t.equal(rewrite(`https://api:6443${prefix}/x`), `https://api:6443${prefix}/x`, 'once is enough')
  for (const link of ['next', '../up', 'https://example.com/x', '//example.com/x']) t.equal(rewrite(link), link)
  t.end()
})
