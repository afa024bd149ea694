import t from 'tap';
import { parsePeers } from '../../lib/wire/peers.ts';

t.strictSame(parsePeers('0,3000,[]'), []);
t.strictSame(
  parsePeers('7,4000,[[A1,,[10.0.0.1]],[B2,tls,[h:3001,[::1]:3002,[fe80::2]]],[C3,,[]]]'),
  [
    { name: 'A1', addresses: [{ host: '10.0.0.1', port: 4000 }] },
    {
      name: 'B2',
      addresses: [
        { host: 'h', port: 3001, tlsName: 'tls' },
        { host: '::1', port: 3002, tlsName: 'tls' },
        { host: 'fe80::2', port: 4000, tlsName: 'tls' },
      ],
    },
    { name: 'C3', addresses: [] },
  ],
);
t.strictSame(parsePeers('1,,[[A,,[h]]]'), [{ name: 'A', addresses: [{ host: 'h', port: 3000 }] }]);

const wrong = [
  '',
  'ERROR:4:unrecognized command',
  '0,3000',
  '0,3000,[',
  'x,3000,[]',
  '0,300000,[]',
  '0,3000,[[A,,[h]]',
  '0,3000,[[A,[h]]]',
  '0,3000,[[A,,[h]],x]',
  '0,3000,[[A,,[h:99999]]]',
  '0,3000,[[A,,[h,]]]',
];
for (const text of wrong) {
  t.throws(() => parsePeers(text), { code: 'PROTOCOL' }, `"${text}" is refused`);
}
