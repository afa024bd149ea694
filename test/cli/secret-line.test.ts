import t from 'tap';
import { MAX_SECRET_SIZE, SecretLine } from '../../lib/cli/secret-line.ts';

/** What was typed, its state, and the text, at every split in two. */
const typed = (keys: string | Uint8Array) => {
  const bytes = Buffer.from(keys);
  const results = Array.from({ length: bytes.length + 1 }, (_, split) => {
    const line = new SecretLine();
    line.push(bytes.subarray(0, split));
    return { state: line.push(bytes.subarray(split)), text: line.text };
  });
  return results;
};

t.test('keys', async (t) => {
  const rows: readonly [string, { state: string; text: string }][] = [
    ['', { state: 'typing', text: '' }],
    ['abc', { state: 'typing', text: 'abc' }],
    ['abc\r', { state: 'done', text: 'abc' }],
    ['abc\nmore', { state: 'done', text: 'abc' }],
    ['\r', { state: 'done', text: '' }],
    ['abx\x7fc\r', { state: 'done', text: 'abc' }],
    ['abä\x08c\r', { state: 'done', text: 'abc' }],
    ['a€😀\x7f\x7fb\r', { state: 'done', text: 'ab' }],
    ['\x7f\x7fa\r', { state: 'done', text: 'a' }],
    ['wrong\x15right\r', { state: 'done', text: 'right' }],
    ['\x01a\x1b\tb\r', { state: 'done', text: 'ab' }],
    ['äöü \r', { state: 'done', text: 'äöü ' }],
    ['a\x03\r', { state: 'interrupted', text: 'a' }],
    ['\x04\r', { state: 'end', text: '' }],
    ['a\x04\r', { state: 'done', text: 'a' }],
  ];
  for (const [keys, expected] of rows) {
    for (const result of typed(keys)) t.strictSame(result, expected, JSON.stringify(keys));
  }
});

t.test('no line is too long for memory', async (t) => {
  const line = new SecretLine();
  line.push(Buffer.alloc(MAX_SECRET_SIZE + 10, 'x'));
  t.equal(line.push(Buffer.from('\r')), 'done');
  t.equal(line.text.length, MAX_SECRET_SIZE);
});
