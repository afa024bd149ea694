import t from 'tap';
import {
  checkS3Options,
  MAX_PART_SIZE,
  MAX_TIMEOUT,
  MIN_PART_SIZE,
  type S3Options,
} from '../../../lib/storage/s3/options.ts';

t.test('numbers that a transfer can work with', async (t) => {
  for (const [name, least, most] of [
    ['minPartSize', MIN_PART_SIZE, MAX_PART_SIZE],
    ['maxAsyncUploads', 1, 1024],
    ['maxAsyncDownloads', 1, 1024],
    ['maxAttempts', 1, 1000],
    ['connectTimeout', 0, MAX_TIMEOUT],
    ['requestTimeout', 1, MAX_TIMEOUT],
  ] as const) {
    for (const right of [least, most]) checkS3Options({ [name]: right });
    for (const wrong of [least - 1, most + 1, least + 0.5, Number.NaN, Infinity]) {
      const thrown = {
        code: 'RANGE',
        facts: { expected: `a whole number from ${least} to ${most}` },
      };
      t.throws(() => checkS3Options({ [name]: wrong }), thrown, `${name} ${wrong}`);
    }
  }
});

t.test('credentials', async (t) => {
  const right = { accessKeyId: 'AK', secretAccessKey: 'key' };
  checkS3Options({ credentials: right });
  checkS3Options({ credentials: { ...right, sessionToken: 'token' } });
  for (const wrong of [
    { credentials: { ...right, accessKeyId: '' } },
    { credentials: { ...right, secretAccessKey: '' } },
    { credentials: right, profile: 'backup' },
  ]) {
    t.throws(() => checkS3Options(wrong), { code: 'USAGE' }, JSON.stringify(wrong));
  }
});

t.test('names', async (t) => {
  for (const right of [
    {},
    { region: 'eu-north-1', profile: 'a b' },
    { endpoint: 'http://127.0.0.1:9000' },
    { endpoint: 'HTTPS://[::1]' },
    { endpoint: 'https://host/path/' },
  ]) {
    checkS3Options(right);
  }
  const wrong: readonly S3Options[] = [
    { region: '' },
    { profile: '' },
    ...[
      '',
      'host',
      'localhost:9000',
      '127.0.0.1:9000',
      '//host:9000',
      'ftp://host',
      's3://bucket',
      'http://',
      'http://host:port',
      'http://user@host',
      'http://:secret@host',
      'http://host/?key=secret',
      'http://host#secret',
    ].map((endpoint) => ({ endpoint })),
  ];
  for (const options of wrong) {
    const thrown = { code: 'USAGE', message: /^(?!.*secret)/ };
    t.throws(() => checkS3Options(options), thrown, JSON.stringify(options));
  }
});
