import t from 'tap';
import { formatAgentAddress, parseAgentAddress } from '../../lib/secrets/agent-address.ts';

t.test('addresses', (t) => {
  const rows: readonly [string | undefined, number | undefined, object, string][] = [
    [undefined, undefined, { host: '127.0.0.1', port: 3005 }, '127.0.0.1:3005'],
    ['there', undefined, { host: 'there', port: 3005 }, 'there:3005'],
    ['there', 4000, { host: 'there', port: 4000 }, 'there:4000'],
    ['there:5000', 4000, { host: 'there', port: 5000 }, 'there:5000'],
    ['[::1]', undefined, { host: '::1', port: 3005 }, '[::1]:3005'],
    ['[::]:65535', undefined, { host: '::', port: 65_535 }, '[::]:65535'],
    ['/run/agent.sock', 4000, { path: '/run/agent.sock' }, '/run/agent.sock'],
    ['./agent', undefined, { path: './agent' }, './agent'],
  ];
  for (const [text, port, expected, name] of rows) {
    const address = parseAgentAddress(text, port);
    t.strictSame(address, expected, name);
    t.equal(formatAgentAddress(address), name);
  }
  for (const text of ['', ':3005', 'there:', 'there:0', 'there:65536', 'there:x', '::1', '[::1']) {
    t.throws(() => parseAgentAddress(text), { code: 'USAGE' }, text);
  }
  t.end();
});
