import t from 'tap';
import { COPY_NATIVE_FROM, copyView } from '../../lib/memory/copy.ts';
import { viewOf } from '../../lib/record/layout.ts';

t.test('copies any number of bytes, and touches no other', async (t) => {
  const bytes = Buffer.from(Array.from({ length: COPY_NATIVE_FROM + 8 }, (_, index) => index + 1));
  for (let size = 0; size <= COPY_NATIVE_FROM; size++) {
    const out = Buffer.alloc(COPY_NATIVE_FROM + 16);
    t.equal(copyView(viewOf(out), 7, viewOf(bytes), 3, 3 + size), 7 + size);
    const expected = Buffer.concat([Buffer.alloc(7), bytes.subarray(3, 3 + size)]);
    if (!out.equals(Buffer.concat([expected, Buffer.alloc(out.length - expected.length)])))
      t.fail(`${size}`);
  }
});
