import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { failureOf } from '../../lib/cli/languages.ts';
import { csvFailure } from '../../lib/csv/failure.ts';
import { failureIn } from '../../lib/ndjson/failure.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';

t.test('each language has a way to say that its writer failed', async (t) => {
  const message = 'no room: "disk"';
  t.equal(failureIn((await failureOf('ndjson', message)).toString()), message);
  for (const language of ['text', 'encrypted', 'bytes'] as const) {
    t.equal((await failureOf(language, message)).toString(), textFailure(message).toString());
  }
  t.equal((await failureOf('csv', message)).toString(), csvFailure(message));
  t.same(await failureOf('frames', message), framesFailure(message));
});
