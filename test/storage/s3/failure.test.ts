import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import type { AsbError } from '../../../lib/errors.ts';
import { removeObject } from '../../../lib/storage/s3/clearing.ts';
import { S3Connection } from '../../../lib/storage/s3/connection.ts';
import { isMissing, s3Error } from '../../../lib/storage/s3/failure.ts';
import { findObject, listObjects } from '../../../lib/storage/s3/listing.ts';
import type { S3Options } from '../../../lib/storage/s3/options.ts';
import { all, BUCKET, cannedServer } from '../../helpers/s3/connection.ts';

const URL_OF_KEY = `s3://${BUCKET}/a`;

/** What every failure has: a code, a location and a cause; and words in one line. */
const isTold = (t: Test, thrown: unknown, words: RegExp, title: string): void => {
  t.match(thrown, { code: 'STORAGE', facts: { file: URL_OF_KEY }, message: words }, title);
  t.match(thrown, { message: /^(?=[^\n]{20,700}$)(?!.*(?:undefined|UnknownError|HIDDEN))/ }, title);
};

/** A GET, a HEAD (and a GET when it fails), a DELETE. */
const asked = (connection: S3Connection) =>
  [
    () => all(listObjects(connection, BUCKET, 'a')),
    () => findObject(connection, BUCKET, 'a'),
    () => removeObject(connection, BUCKET, 'a'),
  ] as const;

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

const xml = (code: string, message = '', more = ''): string =>
  `<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;

const HTML = '<html>\n<head><title>Not S3</title></head>\n<body><hr>nginx</body></html>\n';

t.test('what a service answers', async (t) => {
  const table: readonly (readonly [status: number, body: string, words: RegExp])[] = [
    [403, xml('AccessDenied', 'Access Denied'), /AccessDenied: Access Denied \(/],
    [403, xml('AccessDenied'), /AccessDenied \(/],
    [
      403,
      xml('InvalidAccessKeyId', 'No such id', '<AWSAccessKeyId>HIDDEN</AWSAccessKeyId>'),
      / id/,
    ],
    [403, xml('SignatureDoesNotMatch', '', '<StringToSign>HIDDEN</StringToSign>'), /: Signature/],
    [403, xml('RequestTimeTooSkewed', 'Too large'), /RequestTimeTooSkewed: Too large \(.*clock/],
    [400, xml('ExpiredToken', 'It has expired.'), /ExpiredToken: It has expired \(/],
    [400, xml('InvalidBucketName'), /: InvalidBucketName \(/],
    [404, xml('NoSuchBucket', 'None'), /NoSuchBucket: None \(/],
    [400, xml('AuthorizationHeaderMalformed', 'Expecting eu-west-7'), /eu-west-7 \(.*--s3-region/],
    [
      301,
      xml('PermanentRedirect', 'The endpoint.', '<Endpoint>vault.s3.eu-west-7.test</Endpoint>'),
      /PermanentRedirect: The endpoint: vault\.s3\.eu-west-7\.test \(.*--s3-region/,
    ],
    [501, xml('NotImplemented', 'A header'), /NotImplemented: A header \(.*--s3-checksum md5/],
    [503, xml('SlowDown', 'Please reduce'), /SlowDown: Please reduce \(.*--s3-retry-max-attempts/],
    [500, xml('InternalError', 'Sorry.'), /: InternalError: Sorry \(/],
    [418, xml('Teapot'), /: Teapot$/],
    [400, xml('constructor', '__proto__'), /: constructor: __proto__$/],
    [400, xml('Long', 'x'.repeat(100_000)), /: Long: x+$/],
    [400, '<Error><Message>only words</Message></Error>', /: HTTP 400: only words$/],
    [301, '', /HTTP 301 \(.*--s3-region/],
    [400, '', /: HTTP 400$/],
    [401, '', /HTTP 401 \(/],
    [403, '', /HTTP 403 \(/],
    [503, '', /HTTP 503 \(.*--s3-retry-max-attempts/],
    [502, HTML, /HTTP 502 \(/],
    [403, HTML, /HTTP 403.*\(.*--s3-endpoint-override/],
    [404, HTML, /HTTP 404.*\(.*--s3-endpoint-override/],
    [400, '{"error": "no XML"}', /HTTP 400.*\(.*--s3-endpoint-override/],
  ];
  let answer: readonly [number, string] = [0, ''];
  const listener: RequestListener = ({ method }, response) => {
    const [status, body] = answer;
    response.writeHead(status).end(method === 'HEAD' ? undefined : body);
  };
  const connection = await cannedServer(t, listener, { maxAttempts: 1 });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'HIDDEN', AWS_SECRET_ACCESS_KEY: 'HIDDEN' });
  for (const [status, body, words] of table) {
    answer = [status, body];
    const title = `${status} ${body.slice(0, 50)}`;
    const [list, find, remove] = asked(connection);
    isTold(t, await failureOf(list()), words, `list: ${title}`);
    isTold(t, await failureOf(remove()), words, `remove: ${title}`);
    // The answer to a HEAD has no words, and of those who are not well, nothing else is asked.
    const fewer = status < 500 ? words : new RegExp(`: HTTP ${status} \\(`);
    isTold(t, await failureOf(find()), fewer, `find: ${title}`);
  }
  answer = [404, ''];
  const [list] = asked(connection);
  isTold(t, await failureOf(list()), /HTTP 404 \(.*--s3-endpoint-override/, 'an empty 404');
  answer = [200, HTML];
  isTold(t, await failureOf(list()), /HTTP 200.*\(.*--s3-endpoint-override/, 'a page');
});

t.test('a server that answers nothing, or no HTTP', async (t) => {
  const table: readonly (readonly [RequestListener, RegExp, S3Options?])[] = [
    [(request) => request.socket.destroy(), /hang up \(/],
    [(request) => request.socket.end('SSH-2.0-OpenSSH\r\n'), /HTTP.*\(.*https:/],
    [() => {}, /requestTimeout \(.*--s3-request-timeout/, { requestTimeout: 50 }],
  ];
  for (const [listener, words, options] of table) {
    const connection = await cannedServer(t, listener, { maxAttempts: 1, ...options });
    for (const ask of asked(connection)) isTold(t, await failureOf(ask()), words, String(words));
  }
});

t.test('where nobody listens, or nobody speaks TLS', async (t) => {
  const server = createServer((socket) => {
    socket
      .on('error', () => {})
      .resume()
      .end('plain text');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  const via = (options: S3Options) => asked(new S3Connection({ maxAttempts: 1, ...options }));
  const region = 'us-east-1';

  for (const ask of via({ endpoint: `https://127.0.0.1:${port}` })) {
    isTold(t, await failureOf(ask()), /EPROTO.*\(.*http:/, 'https');
  }
  server.close();
  await once(server, 'close');
  for (const ask of via({ endpoint: `http://127.0.0.1:${port}` })) {
    const words = new RegExp(`ECONNREFUSED 127\\.0\\.0\\.1:${port} \\(.*--s3-endpoint-override`);
    isTold(t, await failureOf(ask()), words, 'a closed port');
  }

  // Of a host with two addresses, Node throws an error without words around two others.
  const client = new S3Client({
    endpoint: `http://two.test:${port}`,
    forcePathStyle: true,
    region,
    maxAttempts: 1,
    requestHandler: {
      httpAgent: {
        lookup: (_host: string, _options: unknown, done: (...found: unknown[]) => void) => {
          done(
            null,
            ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 })),
          );
        },
      },
    },
  });
  t.teardown(() => client.destroy());
  for (const ask of via({ client })) {
    const thrown = await failureOf(ask());
    t.match(thrown, { cause: AggregateError });
    const words = new RegExp(`127\\.0\\.0\\.1:${port}; .*127\\.0\\.0\\.2:${port} \\(`);
    isTold(t, thrown, words, 'two addresses');
  }
});

t.test('failures of the network and of the SDK', async (t) => {
  const withCode = (code: string, message: string): Error =>
    Object.assign(new Error(message), { code });
  const withName = (name: string, message: string): Error =>
    Object.assign(new Error(message), { name });
  for (const [cause, words] of [
    [withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND host'), /host \(.*--s3-allow-system-proxy/],
    [withCode('EHOSTUNREACH', 'connect EHOSTUNREACH'), /\(.*--s3-allow-system-proxy/],
    [withCode('CERT_HAS_EXPIRED', 'certificate has expired'), /expired \(/],
    [withCode('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'), /\(.*NODE_EXTRA_CA_CERTS/],
    [withCode('ERR_PROXY_TUNNEL', 'Failed'), /\(.*NO_PROXY/],
    [withCode('EOTHER', 'something else'), /: something else$/],
    [
      withName('TimeoutError', '@smithy/node-http-handler - [ERROR] did not\n  connect in 9 ms.'),
      /: did not connect in 9 ms \(.*--s3-connect-timeout/,
    ],
    [withName('CredentialsProviderError', 'No session.'), /: No session \(.*--s3-profile/],
    [new AggregateError([new Error('inner')], 'words of its own'), /: words of its own$/],
    ['no error at all', /: no error at all$/],
    [null, /: null$/],
  ] as const) {
    const error: AsbError = s3Error('read', URL_OF_KEY, cause);
    isTold(t, error, words, String(cause));
    t.equal(error.cause, cause);
  }
});

t.test('what is missing', async (t) => {
  for (const [thrown, missing] of [
    [Object.assign(new Error(), { name: 'NoSuchKey' }), true],
    [Object.assign(new Error(), { name: 'NoSuchUpload' }), true],
    [Object.assign(new Error(), { name: 'NotFound' }), true],
    [Object.assign(new Error(), { name: 'NoSuchBucket' }), false],
    [new Error('NoSuchKey'), false],
    [{ name: 'NoSuchKey' }, false],
    [undefined, false],
  ] as const) {
    t.equal(isMissing(thrown), missing);
  }
});
