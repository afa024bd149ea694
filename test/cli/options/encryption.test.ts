import { join } from 'node:path';
import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import {
  encryptionOf,
  filterEncryptionOf,
  keyFile,
  keyForm,
  keyOf,
  keyVariable,
} from '../../../lib/cli/options/encryption.ts';
import type { EncryptionKey } from '../../../lib/crypto/key.ts';
import { PEM, PEM_KEY, RAW, RAW_KEY, writeKey } from '../../helpers/keys.ts';

const file = writeKey(join(t.testdir(), 'key.pem'));
process.env.ASB_TEST_RAW = RAW;
process.env.ASB_TEST_PEM = PEM;

const given = (options: Record<string, string>): Given =>
  new Given(new Map(Object.entries(options)));
const bytesOf = (key: EncryptionKey): string => key.forMode('aes256').export().toString('hex');

t.test('where the key comes from', async (t) => {
  const env = 'encryption-key-env';
  const cases: [Record<string, string>, EncryptionKey][] = [
    [{ 'encryption-key-file': file }, PEM_KEY],
    [{ [env]: 'ASB_TEST_RAW' }, RAW_KEY],
    [{ [env]: 'ASB_TEST_RAW', 'encryption-key-env-form': 'raw' }, RAW_KEY],
    [{ [env]: 'ASB_TEST_PEM', 'encryption-key-env-form': 'pem' }, PEM_KEY],
  ];
  for (const [options, key] of cases) {
    const job = await encryptionOf(given({ ...options, encrypt: 'aes128' }));
    t.equal(job?.mode, 'aes128');
    t.equal(job && bytesOf(job.key), bytesOf(key));
    const filter = await filterEncryptionOf(given({ ...options, mode: 'aes256' }));
    t.equal(filter.mode, 'aes256');
    t.equal(bytesOf(filter.key), bytesOf(key));
  }
});

t.test('the text of a key is a secret, and no name of a file', async (t) => {
  const secret = (name: string) => new Map([[name, { secret: 'secrets:x' }]]);
  const of = (key: string) =>
    new Given(
      new Map([
        ['encrypt', 'aes128'],
        [keyFile.name, key],
      ]),
      [],
      secret(keyFile.name),
    );
  const job = await encryptionOf(of(PEM));
  t.equal(job && bytesOf(job.key), bytesOf(PEM_KEY));
  const message = /^(?!.*hunter2)/;
  await t.rejects(encryptionOf(of('hunter2')), { code: 'KEY', message });

  const other = { file: { ...keyFile, name: 'new' }, variable: keyVariable, form: keyForm };
  const values = new Map([
    [keyFile.name, file],
    ['new', PEM],
  ]);
  const both = new Given(values, [], secret('new'));
  t.equal(bytesOf(await keyOf(both, other)), bytesOf(PEM_KEY), 'one of two keys is a secret');
  t.equal(bytesOf(await keyOf(both)), bytesOf(PEM_KEY), 'and the other is not');
});

t.test('a job without encryption has none', async (t) => {
  t.equal(await encryptionOf(given({})), undefined);
});

t.test('options that do not go together', async (t) => {
  const key = { 'encryption-key-file': file };
  const variable = { 'encryption-key-env': 'ASB_TEST_RAW' };
  const form = { 'encryption-key-env-form': 'raw' };
  for (const [options, code] of [
    [{ encrypt: 'aes128' }, 'USAGE'],
    [{ encrypt: 'aes512', ...key }, 'USAGE'],
    [{ encrypt: 'aes128', ...key, ...variable }, 'USAGE'],
    [{ encrypt: 'aes128', ...key, ...form }, 'USAGE'],
    [{ encrypt: 'aes128', 'encryption-key-env': 'no=name' }, 'USAGE'],
    [{ encrypt: 'aes128', 'encryption-key-env': 'ASB_TEST_NONE' }, 'KEY'],
    [{ encrypt: 'aes128', 'encryption-key-file': `${file}x` }, 'KEY'],
    [key, 'USAGE'],
    [variable, 'USAGE'],
    [form, 'USAGE'],
  ] as const) {
    await t.rejects(encryptionOf(given(options)), { code }, JSON.stringify(options));
  }
  for (const options of [{}, key, { mode: 'aes128' }, { mode: 'aes512', ...key }]) {
    const asked = filterEncryptionOf(given(options));
    await t.rejects(asked, { code: 'USAGE' }, JSON.stringify(options));
  }
});
