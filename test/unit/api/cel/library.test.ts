import t from 'tap'
import { type Case, evaluate } from './evaluate.ts'

const check = (name: string, cases: readonly Case[]): Promise<unknown> =>
  t.test(name, async t => {
    for (const [expression, expected] of cases) t.same(evaluate(expression), expected, expression)
  })

await check('strings count code points', [
  [`'héllo😀'.size()`, 6],
  [`'héllo😀'.charAt(5)`, '😀'],
  [`'abc'.charAt(3)`, ''],
  [`'abc'.charAt(4)`, 'error: index out of range: 4'],
  [`'a😀b'.indexOf('b')`, 2],
  [`'hello'.indexOf('l', 3)`, 3],
  [`'hello'.indexOf('z')`, -1],
  [`'hello'.indexOf('')`, 0],
  [`'hello'.lastIndexOf('l')`, 3],
  [`'hello'.lastIndexOf('l', 2)`, 2],
  [`'a😀bc'.substring(1, 3)`, '😀b'],
  [`'abc'.substring(2, 1)`, 'error: invalid substring range. start: 2, end: 1'],
  [`'abc'.substring(4)`, 'error: index out of range: 4'],
  [`'HeLLo É'.lowerAscii() + 'é x'.upperAscii()`, 'hello Éé X'],
  [`'\\u2003 x \\n'.trim()`, 'x'],
  [`'a,b,c'.split(',')`, ['a', 'b', 'c']],
  [`'a,b,c'.split(',', 2)`, ['a', 'b,c']],
  [`'a,b'.split(',', 0)`, []],
  [`'ab'.split('')`, ['a', 'b']],
  [`['a', 'b'].join() + ['a', 'b'].join('-')`, 'aba-b'],
  [`'aaa'.replace('a', 'b', 2)`, 'bba'],
  [`'ab'.replace('', '-')`, '-a-b-'],
  [`'ab'.replace('b', '$&')`, 'a$&'],
  [`'%s|%d|%.2f|%e|%x|%X|%o|%b|%%'.format([dyn('a'), 5, 1.5, 1500.0, 255, 255, 8, 5])`, 'a|5|1.50|1.500000e+03|ff|FF|10|101|%'],
  [`'%s %s %s'.format([dyn([1, 2]), {'b': 1, 'a': 2}, true])`, '[1, 2] {a: 2, b: 1} true'],
  [`'%d'.format(['a'])`, 'error: decimal clause can only be used on integers'],
  [`'%s'.format([])`, 'error: index 0 out of range'],
  [`strings.quote('a"\\n')`, '"a\\"\\n"'],
  [`'ab'.reverse()`, "compile: found no matching overload for 'reverse' applied to 'string.()'"],
  [`'hello'.startsWith('he') && 'hello'.endsWith('lo') && 'hello'.contains('ell')`, true],
])

await check('regular expressions are RE2', [
  [`'abc123'.matches('[a-z]+\\\\d{3}')`, true],
  [`'abc'.matches('^b')`, false],
  [`'a'.matches('(?i)^A$')`, true],
  [`'x'.matches('(')`, 'compile: invalid matches argument'],
  [`'x'.matches('(?=a)')`, 'compile: invalid matches argument'],
  [`'abc123def45'.find('[0-9]+')`, '123'],
  [`'abc'.find('[0-9]+')`, ''],
  [`'abc123def45'.findAll('[0-9]+')`, ['123', '45']],
  [`'abc123def45'.findAll('[0-9]', 2)`, ['1', '2']],
  [`'aab'.find('a|ab|aab')`, 'a'],
  [`'aab'.find('a+?b')`, 'aab'],
  [`'aaa'.findAll('a*?')`, ['', '', '', '']],
  [`'ab ab'.findAll('\\\\bab\\\\b')`, ['ab', 'ab']],
  [`'a\\nb'.findAll('(?m)^.$')`, ['a', 'b']],
  [`'xay'.findAll('a*')`, ['', 'a', '']],
])

await check('lists', [
  ['[1, 2, 2].isSorted() && ![2, 1].isSorted() && [].isSorted()', true],
  [`['a', 'b'].isSorted()`, true],
  ['[1, 2].sum() + int([1.5, 2.5].sum())', 7],
  [`[duration('1m'), duration('1s')].sum()`, '61s'],
  ['[].sum() == 0', true],
  ['[9223372036854775807, 1].sum()', 'error: integer overflow'],
  [`[3, 1, 2].min() * 10 + [3, 1, 2].max()`, 13],
  ['[].min() == 0', 'error: min called on empty list'],
  [`['b', 'a'].max()`, 'b'],
  ['[1, 2, 1].indexOf(1) * 10 + [1, 2, 1].lastIndexOf(1)', 2],
  ['[1].indexOf(5)', -1],
  ['lists.range(3)', [0, 1, 2]],
  ['lists.range(-1)', 'error: lists.range: size must be non-negative, got -1'],
  ['[1, 2, 3, 4].slice(1, 3)', [2, 3]],
  ['[1].slice(0, 2)', 'error: cannot slice(0, 2), list is length 1'],
  ['[[1], [2, 3]].flatten()', [1, 2, 3]],
  ['[[[1]], [[2]]].flatten(2)', [1, 2]],
  ['[1, 2, 1].distinct()', [1, 2]],
  [`['b', 'a'].sort()`, ['a', 'b']],
  [`[{'n': 2}, {'n': 1}].sortBy(e, e.n).map(e, e.n)`, [1, 2]],
  ['[1, 2].reverse()', [2, 1]],
  ['sets.contains([1, 2], [2]) && !sets.contains([1], [2]) && sets.equivalent([1, 1, 2], [2, 1]) && !sets.intersects([1], [2])', true],
])

await check('URLs', [
  [`isURL('https://a.example:80/x?y=1') && isURL('/x') && !isURL('x') && !isURL('http://[::1') && !isURL('http://a b/')`, true],
  [`url('https://example.com:80/a b?q=1').getEscapedPath()`, '/a%20b'],
  [
    `url('https://example.com:80/').getHost() + ' ' + url('https://example.com:80/').getHostname() + ' ' + url('https://[::1]:80/').getHostname()`,
    'example.com:80 example.com ::1',
  ],
  [`url('https://[::1]:80/').getPort() + url('/x').getPort()`, '80'],
  [`url('HTTPS://x/').getScheme()`, 'https'],
  [`url('/x?k=a&k=b%20c&z').getQuery()`, { k: ['a', 'b c'], z: [''] }],
  [`url('https://x/a%20b') == url('https://x/a b')`, true],
  [`url('x')`, 'error: URL parse error during conversion from string'],
])

await check('quantities', [
  [`isQuantity('1.3Gi') && !isQuantity('1.3GiB') && !isQuantity('x')`, true],
  [`quantity('1Gi') == quantity('1024Mi') && quantity('1') != quantity('1001m')`, true],
  [`quantity('1').compareTo(quantity('2'))`, -1],
  [`quantity('50k').add(20).asInteger()`, 50020],
  [`quantity('50k').sub(quantity('20')).isGreaterThan(quantity('49k'))`, true],
  [`quantity('1500m').isInteger()`, false],
  [`quantity('1500m').asInteger()`, 'error: cannot convert value to integer'],
  [`quantity('1500m').asApproximateFloat()`, 1.5],
  [`sign(quantity('-1'))`, -1],
  [`quantity('1').sign()`, "compile: found no matching overload for 'sign' applied to 'kubernetes.Quantity.()'"],
])

await check('addresses are strict', [
  [`isIP('10.0.0.1') && isIP('::1') && !isIP('10.0.0.01') && !isIP('10.0.0') && !isIP('fe80::1%eth0') && !isIP('::ffff:1.2.3.4')`, true],
  [`ip('::1').family() * 10 + ip('10.0.0.1').family()`, 64],
  [`ip('127.0.0.1').isLoopback() && ip('0.0.0.0').isUnspecified() && ip('224.0.0.5').isLinkLocalMulticast() && ip('fe80::1').isLinkLocalUnicast()`, true],
  [`ip('8.8.8.8').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast()`, true],
  [`ip('0:0::1') == ip('::1')`, true],
  [`string(ip('2001:DB8:0:0::1'))`, '2001:db8::1'],
  [`ip.isCanonical('2001:db8::1') && !ip.isCanonical('2001:DB8::1')`, true],
  [`ip('x')`, 'error: IP Address "x" parse error during conversion from string'],
  [`isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0/08')`, true],
  [`cidr('192.168.0.0/24').containsIP('192.168.0.5') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.5'))`, true],
  [`cidr('192.168.0.0/24').containsCIDR('192.168.0.0/25') && !cidr('192.168.0.0/24').containsCIDR(cidr('192.168.0.0/23'))`, true],
  [`string(cidr('192.168.1.5/20').masked()) + ' ' + string(cidr('192.168.1.5/20').prefixLength())`, '192.168.0.0/20 20'],
  [`cidr('10.1.2.3/8').ip() == ip('10.1.2.3')`, true],
])

await check('formats and versions', [
  [`!format.dns1123Label().validate('my-label').hasValue() && format.dns1123Label().validate('My_label').hasValue()`, true],
  [`!format.dns1123LabelPrefix().validate('my-').hasValue()`, true],
  [`format.named('uuid').value().validate('123e4567-e89b-12d3-a456-426614174000').hasValue()`, false],
  [`format.named('nope').hasValue()`, false],
  [`!format.date().validate('2024-02-29').hasValue() && format.date().validate('2023-02-29').hasValue()`, true],
  [`!format.byte().validate('aGVsbG8=').hasValue() && format.byte().validate('a').hasValue()`, true],
  [
    `semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.0.0-rc.1').isLessThan(semver('1.0.0')) && semver('1.0.0-2').isLessThan(semver('1.0.0-10'))`,
    true,
  ],
  [`semver('v1.02', true).minor()`, 2],
  [`isSemver('1.2') || isSemver('01.2.3') || isSemver('v1.2.3')`, false],
  [`semver('1.2.3+a') == semver('1.2.3+b')`, true],
])

await t.test('libraries are there where they are enabled, and nowhere else', async t => {
  t.match(evaluate('cel.bind(x, 1, x + 1)'), /^compile: undeclared reference/)
  t.equal(evaluate('cel.bind(x, 1, x + 1)', ['bindings']), 2)
  t.match(evaluate(`jsonpatch.escapeKey('a/b~c')`), /^compile: undeclared reference/)
  t.equal(evaluate(`jsonpatch.escapeKey('a/b~c')`, ['jsonPatch']), 'a~1b~0c')
  for (const expression of ['math.greatest(1, 2)', `base64.encode(b'a')`, 'now()', `regex.replace('a', 'a', 'b')`])
    t.match(evaluate(expression), /^compile: undeclared reference/, expression)
})
