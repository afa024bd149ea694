import fc from 'fast-check';
import t from 'tap';
import { messageOf } from '../../lib/errors.ts';
import {
  decodeSecret,
  encodeSecretRequest,
  MAX_REPLY_SIZE,
  SecretReplyReader,
} from '../../lib/secrets/protocol.ts';
import { splits } from '../helpers/asb-text.ts';
import { base64, framed } from '../helpers/secret-agent.ts';

/** Reads all chunks; `undefined` if more would have to come. */
const read = (chunks: readonly Uint8Array[]): string | undefined => {
  const reader = new SecretReplyReader();
  let text: string | undefined;
  for (const chunk of chunks) text ??= reader.push(chunk);
  return text;
};
const reply = (object: unknown): Buffer => framed(JSON.stringify(object));

t.test('requests', (t) => {
  const rows: readonly [{ resource?: string; key: string }, string][] = [
    [{ resource: 'res', key: 'a' }, '{"Resource":"res","SecretKey":"a"}'],
    [{ key: 'ä"\n' }, '{"SecretKey":"ä\\"\\n"}'],
  ];
  for (const [reference, object] of rows) {
    t.strictSame(encodeSecretRequest(reference), framed(object), object);
  }
  t.equal(encodeSecretRequest({ key: 'a' }).readUInt32BE(0), 0x51dec1cc);
  t.end();
});

t.test('replies, at every cut', (t) => {
  for (const chunks of splits(
    Buffer.concat([reply({ SecretValue: 'tülips' }), Buffer.from('x')]),
  )) {
    t.equal(read(chunks), 'tülips');
  }
  t.equal(read([reply({ Error: '', SecretValue: 'x' })]), 'x');
  const large = 'x'.repeat(MAX_REPLY_SIZE - 18);
  t.equal(read([reply({ SecretValue: large })]), large, 'the largest');
  t.end();
});

t.test('replies that are cut off want more', (t) => {
  const whole = reply({ SecretValue: 'x' });
  for (let size = 0; size < whole.length; size++) {
    t.equal(read([whole.subarray(0, size)]), undefined, `${size}`);
  }
  t.end();
});

t.test('replies that are none, at every cut', (t) => {
  const rows: readonly [string, Buffer, string][] = [
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request'), 'PROTOCOL'],
    ['an alert of TLS', Buffer.from([0x15, 3, 1, 0, 2, 2, 70]), 'PROTOCOL'],
    ['one byte of it', Buffer.from([0x51, 0]), 'PROTOCOL'],
    ['larger than any', framed('', MAX_REPLY_SIZE + 1), 'LIMIT'],
    ['the largest that can be said', framed('', 0xffffffff), 'LIMIT'],
    ['an empty one', framed(''), 'PROTOCOL'],
    ['no JSON', framed('hunter2'), 'PROTOCOL'],
    ['no object', framed('"hunter2"'), 'PROTOCOL'],
    ['null', framed('null'), 'PROTOCOL'],
    ['nothing in it', reply({}), 'PROTOCOL'],
    ['a number', reply({ SecretValue: 2 }), 'PROTOCOL'],
    ['an error', reply({ Error: 'no such key', SecretValue: 'hunter2' }), 'SERVER'],
  ];
  for (const [name, bytes, code] of rows) {
    for (const chunks of splits(bytes)) t.throws(() => read(chunks), { code }, name);
    try {
      read([bytes]);
    } catch (error) {
      t.notMatch(messageOf(error), 'hunter2', `${name} is not shown`);
    }
  }
  t.throws(() => read([reply({ Error: 'no such key' })]), { message: /no such key/ });
  t.throws(() => read([reply({ Error: 'x'.repeat(1e5) })]), { message: /^.{1,300}$/ });
  t.end();
});

t.test('any bytes are a reply, an error of ours, or too few', (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (bytes, isFramed) => {
      try {
        read([isFramed ? framed(bytes) : bytes]);
        return true;
      } catch (error) {
        return t.match(error, { name: 'AsbError' });
      }
    }),
  );
  t.end();
});

t.test('secrets', (t) => {
  const rows: readonly [string, 'base64' | 'plain', string][] = [
    [base64('hunter2'), 'base64', 'hunter2'],
    [`${base64('hunter2\n')}\n \t`, 'base64', 'hunter2'],
    [base64('a\r\nb\r\n'), 'base64', 'a\r\nb'],
    [base64('tülips\n\n'), 'base64', 'tülips\n'],
    ['hunter2', 'plain', 'hunter2'],
    [base64('hunter2'), 'plain', base64('hunter2')],
  ];
  for (const [text, encoding, expected] of rows) t.equal(decodeSecret(text, encoding), expected);
  const wrong: readonly [string, 'base64' | 'plain'][] = [
    ['', 'base64'],
    [' ', 'base64'],
    [base64('\n'), 'base64'],
    ['', 'plain'],
    ['hunter2', 'base64'],
    ['hunter2!', 'base64'],
    ['hunter2===', 'base64'],
    [Buffer.from('hunter2\xff', 'latin1').toString('base64'), 'base64'],
    [base64('hunter2\0'), 'base64'],
    ['hunter2\0', 'plain'],
  ];
  for (const [text, encoding] of wrong) {
    t.throws(() => decodeSecret(text, encoding), { code: 'FORMAT' }, text);
    t.throws(() => decodeSecret(text, encoding), { message: /^(?!.*hunter2)/ }, 'not shown');
  }
  t.end();
});

t.test('any secret comes back', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (secret) => {
      fc.pre(!secret.includes('\0') && !secret.endsWith('\n'));
      return decodeSecret(base64(secret), 'base64') === secret;
    }),
  );
  t.end();
});
