import t from 'tap';
import {
  isSecretReference,
  MAX_REFERENCE_LENGTH,
  parseSecretReference,
} from '../../lib/secrets/reference.ts';

t.test('what names a secret', (t) => {
  const rows: readonly [string, object][] = [
    ['secrets:res:key', { resource: 'res', key: 'key' }],
    ['secrets:key', { key: 'key' }],
    ['secrets::key', { key: 'key' }],
    ['secrets:a:b:c', { resource: 'a:b', key: 'c' }],
  ];
  for (const [text, expected] of rows) {
    t.ok(isSecretReference(text));
    t.strictSame(parseSecretReference(text), expected, text);
  }
  t.end();
});

t.test('what names none', (t) => {
  for (const text of ['', 'secret:res:key', 'Secrets:key', ' secrets:key', 'secrets']) {
    t.notOk(isSecretReference(text), text);
    t.throws(() => parseSecretReference(text), { code: 'USAGE' }, text);
  }
  const long = `secrets:${'x'.repeat(MAX_REFERENCE_LENGTH)}`;
  for (const text of ['secrets:', 'secrets:res:', long]) {
    t.throws(() => parseSecretReference(text), { code: 'USAGE' }, text.slice(0, 20));
  }
  t.end();
});
