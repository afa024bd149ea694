import { Readable } from 'node:stream';
import t from 'tap';
import { copyable } from '../../lib/threads/copyable.ts';

t.test('what a log reads', async (t) => {
  const entry = {
    commandName: 'PutObjectCommand',
    input: { Bucket: 'vault', Body: Readable.from([]), Part: 3, Bytes: Buffer.alloc(3) },
    error: Object.assign(new TypeError('no'), { $response: { headers: {} } }),
    metadata: { attempts: 2, fine: true, size: 7n, none: null, missing: undefined },
    list: ['a', 1, () => {}],
    act: () => {},
    bare: Object.assign(Object.create(null), { x: 1 }),
  };
  const there: unknown = structuredClone(copyable(entry));
  t.match(there, { error: { message: 'no' } });
  const { error: _, ...rest } = Object(there);
  t.strictSame(rest, {
    commandName: 'PutObjectCommand',
    input: { Bucket: 'vault', Part: 3 },
    metadata: { attempts: 2, fine: true, size: 7n, none: null },
    list: ['a', 1, undefined],
    bare: { x: 1 },
  });
  t.match(copyable(entry), { error: { name: 'TypeError' } });
  t.equal(copyable('words'), 'words');
});

t.test('what has no end', async (t) => {
  const round: Record<string, unknown> = { at: 1 };
  round.self = round;
  t.match(copyable(round), { at: 1, self: { at: 1 } });
  t.ok(JSON.stringify(copyable(round)).length < 100);
});
