import t from 'tap';
import { formatAddress, parseAddresses } from '../../lib/wire/address.ts';

const right: readonly [string, object[]][] = [
  ['localhost', [{ host: 'localhost', port: 4000 }]],
  ['localhost:3100', [{ host: 'localhost', port: 3100 }]],
  ['10.0.0.1:1', [{ host: '10.0.0.1', port: 1 }]],
  ['[::1]', [{ host: '::1', port: 4000 }]],
  ['[fe80::1%eth0]:65535', [{ host: 'fe80::1%eth0', port: 65_535 }]],
  ['h:cert.name', [{ host: 'h', port: 4000, tlsName: 'cert.name' }]],
  ['h:cert:3001', [{ host: 'h', port: 3001, tlsName: 'cert' }]],
  ['[::1]:cert:3001', [{ host: '::1', port: 3001, tlsName: 'cert' }]],
  [
    'a, b:3001',
    [
      { host: 'a', port: 4000 },
      { host: 'b', port: 3001 },
    ],
  ],
];
for (const [text, addresses] of right) {
  t.strictSame(parseAddresses(text, 4000), addresses, text);
}
t.strictSame(parseAddresses('h'), [{ host: 'h', port: 3000 }], 'the default port');

const wrong = ['', 'a,', 'a,,b', ':3000', '::1', '[::1', '[]:3', 'h:', 'h::3000', 'h:0', 'h:65536'];
for (const text of [...wrong, 'h:cert:', 'h:cert:x', 'h:cert:1:2', 'h:cert:-1']) {
  t.throws(() => parseAddresses(text), { code: 'USAGE' }, `"${text}" is refused`);
}

t.equal(formatAddress({ host: 'h', port: 1 }), 'h:1');
t.equal(formatAddress({ host: '::1', port: 3000 }), '[::1]:3000');
