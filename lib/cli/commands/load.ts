import type { Readable } from 'node:stream';
import { peek } from '../../stages/peek.ts';
import type { Command } from '../command.ts';
import { runPipeline } from '../filter.ts';
import type { Given } from '../given.ts';
import { type Loaded, tellLoaded } from '../load-summary.ts';
import { namespace, verbose } from '../options/common.ts';
import { loadingOf, loadingOptions } from '../options/loading.ts';
import { profile } from '../options/profile.ts';
import { runRestore } from '../run-restore.ts';
import type { Shell } from '../shell.ts';

export const loadCommand: Command = {
  name: 'load',
  heading: 'Filters, for pipes',
  summary: 'Write NDJSON or .asb text to a cluster',
  description:
    'Reads NDJSON, .asb text or zstd frames of it from standard input, told apart by the first\n' +
    'bytes, and writes the records, secondary indexes and UDF modules in it to a cluster. It ends\n' +
    'with 0 only when every record is acknowledged, or counted as left out.',
  options: [namespace, ...loadingOptions, profile, verbose],
  examples: [
    ['asb scan -n test | asb load -h 10.0.0.2 -n copy', 'Copy a namespace to another cluster'],
    [
      `asb cat out | asb parse | jq -c 'select(.set == "users")' | asb load -n test`,
      'Restore what jq lets through',
    ],
  ],
  async run(given, shell) {
    const loading = await loadingOf(given, shell);
    const input = shell.input('text');
    const { contentOf, MAGIC_SIZE } = await import('../../stages/content.ts');
    const { head, stream } = await peek(input, MAGIC_SIZE, shell.signal);
    const isNdjson = contentOf(head) === 'ndjson';
    const loaded = isNdjson
      ? await loadNdjson(given, shell, stream, loading)
      : await loadText(given, shell, stream, loading);
    tellLoaded(shell, 'loaded', loaded);
  },
};

type Loading = Awaited<ReturnType<typeof loadingOf>>;

const loadNdjson = async (
  given: Given,
  shell: Shell,
  stream: Readable,
  loading: Loading,
): Promise<Loaded> => {
  const name = given.required(namespace);
  const { fromNdjson } = await import('../../stages/from-ndjson.ts');
  const { load } = await import('../../stages/load.ts');
  const begin = performance.now();
  const sink = load({ ...loading, namespace: name });
  const stages = { input: stream, fromNdjson: fromNdjson({ namespace: name }), load: sink };
  await runPipeline(shell, stages);
  return { ...sink.info, namespace: name, elapsed: performance.now() - begin };
};

const loadText = async (
  given: Given,
  shell: Shell,
  input: Readable,
  loading: Loading,
): Promise<Loaded> => {
  const name = given.value(namespace);
  const {
    files: _,
    bytesRead: __,
    ...loaded
  } = await runRestore(shell, {
    ...loading,
    input,
    ...(name === undefined ? {} : { namespace: name }),
  });
  return loaded;
};
