import fc from 'fast-check';
import t from 'tap';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { JsonOutput, piece } from '../../lib/ndjson/json-output.ts';

const out = new JsonOutput();

const taken = (out: JsonOutput): Buffer => {
  out.endLine();
  return Buffer.concat(out.take());
};

const textOf = (write: (out: JsonOutput) => void): string => {
  write(out);
  return taken(out).toString();
};

const eight = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(9);
  bytes.writeBigInt64BE(value, 1);
  return bytes;
};

t.test('a string is what JSON.parse reads back, or refused if it is no UTF-8', async (t) => {
  const check = (bytes: Buffer): boolean => {
    const around = Buffer.concat([Buffer.of(0xff), bytes, Buffer.of(0xff)]);
    const written = out.string(around, 1, around.length - 1);
    const json = taken(out).toString();
    return written
      ? Buffer.from(JSON.parse(json)).equals(bytes)
      : json === '' && !Buffer.from(bytes.toString()).equals(bytes);
  };
  for (let code = 0; code < 0x100; code++) {
    t.ok(check(Buffer.from(`a${String.fromCharCode(code)}b`)), `U+${code.toString(16)}`);
    t.ok(check(Buffer.from(String.fromCharCode(code).repeat(200))));
  }
  for (const hex of ['ff', 'c3', 'eda080', 'f4908080', 'c080', `${'61'.repeat(200)}ff`]) {
    t.ok(check(Buffer.from(hex, 'hex')), hex);
  }
  fc.assert(
    fc.property(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      check,
    ),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 80, maxLength: 130 }).map((text) => Buffer.from(text)),
      check,
    ),
  );
});

t.test('a string that need not be escaped is not', async (t) => {
  t.equal(
    textOf((out) => out.string(Buffer.from('é/\u007f\u2028'), 0, 7)),
    '"é/\u007f\u2028"',
  );
  t.equal(
    textOf((out) => out.string(Buffer.from('\n\t\b\f\r"\\\0\x1f'), 0, 9)),
    '"\\n\\t\\b\\f\\r\\"\\\\\\u0000\\u001f"',
  );
});

t.test('integers are tagged beyond 2^53-1', async (t) => {
  const rows: readonly (readonly [bigint, string])[] = [
    [0n, '0'],
    [-1n, '-1'],
    [2n ** 53n - 1n, '9007199254740991'],
    [-(2n ** 53n) + 1n, '-9007199254740991'],
    [2n ** 53n, '{"$int":"9007199254740992"}'],
    [-(2n ** 53n), '{"$int":"-9007199254740992"}'],
    [2n ** 63n - 1n, '{"$int":"9223372036854775807"}'],
    [-(2n ** 63n), '{"$int":"-9223372036854775808"}'],
  ];
  for (const [value, text] of rows)
    t.equal(
      textOf((out) => out.int64(eight(value), 1)),
      text,
    );
  t.equal(
    textOf((out) => out.bigUint64(0xffffffff, 0xffffffff)),
    '{"$int":"18446744073709551615"}',
  );
  t.equal(
    textOf((out) => out.bigInt64(eight(-5n), 1)),
    '{"$int":"-5"}',
  );
  t.equal(
    textOf((out) => out.integer(-7)),
    '-7',
  );
});

t.test('doubles are tagged if they could be taken for integers, or are no numbers', async (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['3fe0000000000000', '0.5'],
    ['0000000000000001', '5e-324'],
    ['4014000000000000', '{"$double":"5"}'],
    ['8000000000000000', '{"$double":"-0"}'],
    ['7e37e43c8800759c', '{"$double":"1e+300"}'],
    ['7ff0000000000000', '{"$double":"Infinity"}'],
    ['fff0000000000000', '{"$double":"-Infinity"}'],
    ['7ff8000000000000', '{"$double":"NaN"}'],
    ['fff8000000000000', '{"$double":"0xfff8000000000000"}'],
    ['7ff800000000000a', '{"$double":"0x7ff800000000000a"}'],
  ];
  for (const [hex, text] of rows) {
    const bytes = Buffer.from(hex, 'hex');
    t.equal(
      textOf((out) => out.double(bytes, 0)),
      text,
    );
  }
});

t.test('pieces, text, bytes and base64', async (t) => {
  t.equal(
    textOf((out) => {
      out.piece(piece('{"é":'));
      out.byte(0x22);
      out.base64(Buffer.of(0, 1, 2, 3), 1, 4);
      out.byte(0x22);
      out.text(',ü}');
    }),
    '{"é":"AQID",ü}',
  );
});

t.test('rewind takes back what is in the line', async (t) => {
  out.text('first\n');
  out.endLine();
  t.equal(out.length, 0);
  out.text('kept, dropped');
  t.equal(out.length, 13);
  out.rewind(4);
  t.equal(
    textOf((out) => out.text('!')),
    'first\nkept!',
  );
});

t.test('only whole lines are taken, in pieces', async (t) => {
  const out = new JsonOutput({ pieceSize: 64 });
  t.same(out.take(), []);
  let expected = '';
  for (let line = 0; line < 100; line++) {
    for (let item = 0; item < line; item++) out.integer(item);
    out.byte(0x0a);
    out.endLine();
    expected += `${Array.from({ length: line }, (_, item) => item).join('')}\n`;
  }
  out.text('begun');
  const pieces = out.take();
  t.ok(pieces.length > 50);
  for (const piece of pieces) t.equal(piece.at(-1), 0x0a);
  t.equal(Buffer.concat(pieces).toString(), expected);
  t.same(out.take(), []);
  t.equal(taken(out).toString(), 'begun');
});

t.test('pieces are used again when they are given back, and not before', async (t) => {
  for (const reuseMemory of [true, false]) {
    const out = new JsonOutput({ pieceSize: 64, reuseMemory });
    const write = (letter: string): Buffer[] => {
      for (let line = 0; line < 3; line++) {
        out.text(letter.repeat(60));
        out.endLine();
      }
      return out.take();
    };
    const first = write('a');
    const second = write('b');
    t.equal(Buffer.concat(first).toString(), 'a'.repeat(180));
    for (const piece of first) giveBack(piece);
    write('c');
    t.equal(Buffer.concat(first).includes('c'), reuseMemory);
    t.equal(Buffer.concat(second).toString(), 'b'.repeat(180));
  }
});

t.test('a long line has a piece of its own', async (t) => {
  const large = Buffer.alloc(700_000, 'x');
  for (let round = 0; round < 4; round++) {
    out.integer(round);
    out.string(large, 0, large.length);
    out.text('"');
    out.base64(large, 0, large.length);
    t.ok(taken(out).equals(Buffer.from(`${round}"${large}""${large.toString('base64')}`)));
  }
});

t.test('whatever is written at the end of a piece goes on in the next', async (t) => {
  const double = Buffer.from('3fd3333333333334', 'hex');
  const rows: readonly (readonly [(out: JsonOutput) => void, string])[] = [
    [(out) => out.byte(0x21), '!'],
    [(out) => out.piece(piece('{"$particle":')), '{"$particle":'],
    [(out) => out.text('ü'), 'ü'],
    [(out) => out.integer(-9_007_199_254_740_991), '-9007199254740991'],
    [(out) => out.int64(eight(-1234567n), 1), '-1234567'],
    [(out) => out.int64(eight(2n ** 62n), 1), '{"$int":"4611686018427387904"}'],
    [(out) => out.bigUint64(0xffffffff, 0xffffffff), '{"$int":"18446744073709551615"}'],
    [(out) => out.double(double, 0), '0.30000000000000004'],
    [(out) => out.double(Buffer.alloc(8), 0), '{"$double":"0"}'],
    [(out) => out.base64(Buffer.from('base'), 0, 4), 'YmFzZQ=='],
    [(out) => out.string(Buffer.from('text'), 0, 4), '"text"'],
    [(out) => out.string(Buffer.from('"\n'), 0, 2), '"\\"\\n"'],
  ];
  for (const [write, text] of rows) {
    for (let before = 0; before < 80; before++) {
      const out = new JsonOutput({ pieceSize: 40 });
      out.text('x'.repeat(before));
      write(out);
      write(out);
      const expected = `${'x'.repeat(before)}${text}${text}`;
      if (taken(out).toString() !== expected) t.fail(`${expected} of ${before}`);
    }
  }
});
