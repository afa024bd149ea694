import t from 'tap';
import { unframe } from '../helpers/s3/aws-chunked.ts';
import { S3Failure } from '../helpers/s3/failure.ts';
import {
  authenticate,
  canonicalRequest,
  MAX_SKEW,
  type Signable,
  sha256Hex,
  sign,
  signingKey,
  stringToSign,
  uriDecode,
  uriEncode,
} from '../helpers/s3/sigv4.ts';

/**
 * Examples of the Amazon S3 API Reference: "Authenticating Requests: Using the Authorization
 * Header" and its pages on uploads in chunks.
 */
const EXAMPLE = {
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  date: '20130524T000000Z',
  now: Date.UTC(2013, 4, 24),
  scope: '20130524/us-east-1/s3/aws4_request',
};
const EMPTY = sha256Hex(Buffer.alloc(0));
const ALGORITHM = 'AWS4-HMAC-SHA256';

interface Given {
  readonly method?: string;
  readonly url?: string;
  /** Added to, or put in place of, those that every request has. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly authorization?: string;
}

const requestOf = ({ method = 'GET', url = '/', headers = {}, ...given }: Given): Signable => {
  const all: Readonly<Record<string, string>> = {
    host: 'examplebucket.s3.amazonaws.com',
    'x-amz-date': EXAMPLE.date,
    'x-amz-content-sha256': EMPTY,
    ...headers,
    ...(given.authorization !== undefined && { Authorization: given.authorization }),
  };
  const kept = Object.entries(all).filter(([name]) => !given.without?.includes(name));
  return { method, url, rawHeaders: kept.flat() };
};

const authorizationOf = (signature: string, names: readonly string[]): string =>
  `${ALGORITHM} Credential=${EXAMPLE.credentials.accessKeyId}/${EXAMPLE.scope},SignedHeaders=${names.join(';')},Signature=${signature}`;

const check = (request: Signable, now = EXAMPLE.now) =>
  authenticate(request, EXAMPLE.credentials, EXAMPLE.region, now);

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof S3Failure ? error.code : String(error);
  }
};

const PUBLISHED: readonly (readonly [Given, names: string, signature: string])[] = [
  [
    { url: '/test.txt', headers: { Range: 'bytes=0-9' } },
    'host;range;x-amz-content-sha256;x-amz-date',
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    {
      method: 'PUT',
      url: '/test%24file.text',
      headers: {
        Date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-content-sha256': sha256Hex(Buffer.from('Welcome to Amazon S3.')),
      },
    },
    'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    { url: '/?lifecycle' },
    'host;x-amz-content-sha256;x-amz-date',
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    { url: '/?prefix=J&max-keys=2' },
    'host;x-amz-content-sha256;x-amz-date',
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
];

t.test('the published examples', async (t) => {
  for (const [given, names, signature] of PUBLISHED) {
    const authorization = authorizationOf(signature, names.split(';'));
    t.equal(check(requestOf({ ...given, authorization })).signature, signature, names);
  }
});

t.test('the published uploads in chunks, without and with a trailer', async (t) => {
  const rows = [
    {
      payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      names: ['content-encoding', 'content-length'],
      headers: { 'content-length': '66824' },
      signatures: [
        '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
        'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
        '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
        'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
      ],
      trailers: '',
    },
    {
      payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      names: ['content-encoding'],
      headers: { 'x-amz-trailer': 'x-amz-checksum-crc32c' },
      signatures: [
        '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
        'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
        '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
        '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
      ],
      trailers:
        'x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
    },
  ];
  for (const { payload, names, headers, signatures, trailers } of rows) {
    const all = {
      host: 's3.amazonaws.com',
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': '66560',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      ...headers,
      'x-amz-content-sha256': payload,
    };
    const amz = Object.keys(all).filter((name) => name.startsWith('x-amz-'));
    const signedNames = [...names, 'host', ...amz, 'x-amz-date'].sort();
    const [seed = '', ...chunkSignatures] = signatures;
    const request = requestOf({
      method: 'PUT',
      url: '/examplebucket/chunkObject.txt',
      headers: all,
      authorization: authorizationOf(seed, signedNames),
    });
    const signed = check(request);
    const sizes = [65536, 1024, 0];
    const bodyOf = (letter: string): Buffer =>
      Buffer.from(
        sizes
          .map((size, index) => {
            const head = `${size.toString(16)};chunk-signature=${chunkSignatures[index]}\r\n`;
            return `${head}${letter.repeat(size)}${size > 0 ? '\r\n' : ''}`;
          })
          .concat(trailers, '\r\n')
          .join(''),
      );
    const options = {
      signed,
      length: 66560,
      trailers: trailers === '' ? [] : ['x-amz-checksum-crc32c'],
    };
    const { bytes, trailers: found } = unframe(bodyOf('a'), options);
    t.ok(bytes.equals(Buffer.alloc(66560, 'a')), payload);
    t.strictSame(found.get('x-amz-checksum-crc32c'), trailers === '' ? undefined : 'sOO8/Q==');
    t.equal(
      codeOf(() => unframe(bodyOf('b'), options)),
      'SignatureDoesNotMatch',
    );
    if (trailers === '') continue;
    const wrongTrailer = Buffer.from(bodyOf('a').toString().replace('sOO8', 'sOO9'));
    t.equal(
      codeOf(() => unframe(wrongTrailer, options)),
      'SignatureDoesNotMatch',
    );
    const unsigned = Buffer.from(
      bodyOf('a')
        .toString()
        .replace(/x-amz-trailer-signature.*\r\n/, ''),
    );
    t.equal(
      codeOf(() => unframe(unsigned, options)),
      'SignatureDoesNotMatch',
    );
  }
});

/** Signs a request rightly, as far as it can be. */
const signedRequest = (given: Given, change: (text: string) => string = (text) => text) => {
  const request = requestOf(given);
  const names = Array.from({ length: request.rawHeaders.length / 2 }, (_, index) =>
    request.rawHeaders[2 * index]!.toLowerCase(),
  ).sort();
  const canonical = canonicalRequest(
    request,
    names,
    given.headers?.['x-amz-content-sha256'] ?? EMPTY,
  );
  const key = signingKey(EXAMPLE.credentials.secretAccessKey, EXAMPLE.scope);
  const signature = sign(key, stringToSign(canonical, EXAMPLE.date, EXAMPLE.scope));
  return requestOf({ ...given, authorization: change(authorizationOf(signature, names)) });
};

t.test('what is refused', async (t) => {
  const later = (ms: number) => EXAMPLE.now + ms;
  const rows: readonly (readonly [string | undefined, Signable, now?: number])[] = [
    [undefined, signedRequest({ url: '/b/k?b=2&a=1&a=0&c' })],
    [undefined, signedRequest({ headers: { 'x-amz-meta-a': '  two   spaces ' } })],
    [undefined, signedRequest({}), later(MAX_SKEW)],
    [undefined, signedRequest({}), later(-MAX_SKEW)],
    ['RequestTimeTooSkewed', signedRequest({}), later(MAX_SKEW + 1000)],
    ['RequestTimeTooSkewed', signedRequest({}), later(-MAX_SKEW - 1000)],
    ['AccessDenied', requestOf({})],
    ['AccessDenied', signedRequest({ without: ['x-amz-date'] })],
    ['AccessDenied', signedRequest({ headers: { 'x-amz-date': 'yesterday' } })],
    ['AccessDenied', signedRequest({}, (text) => text.replace('host;', ''))],
    ['AccessDenied', signedRequest({}, (text) => text.replace(';x-amz-date', ''))],
    ['InvalidRequest', signedRequest({ without: ['x-amz-content-sha256'] })],
    ['InvalidToken', signedRequest({ headers: { 'x-amz-security-token': 'x' } })],
    ['InvalidAccessKeyId', signedRequest({}, (text) => text.replace('AKIA', 'AKIB'))],
    ...[
      (text: string) => text.replace(ALGORITHM, 'AWS'),
      (text: string) => text.replace('us-east-1', 'eu-west-1'),
      (text: string) => text.replace('/s3/', '/ec2/'),
      (text: string) => text.replace('aws4_request', 'aws5_request'),
      (text: string) => text.replace('/20130524/', '/20130523/'),
      (text: string) => text.replace('aws4_request', 'aws4_request/more'),
      (text: string) => text.replace(/,Signature=.*/, ''),
      (text: string) => `${text}0`,
    ].map((change) => ['AuthorizationHeaderMalformed', signedRequest({}, change)] as const),
    [
      'SignatureDoesNotMatch',
      signedRequest({}, (text) => text.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))),
    ],
    ...(
      [
        { method: 'PUT' },
        { url: '/other' },
        { url: '/?a=' },
        { headers: { host: 'other' } },
        { headers: { 'x-amz-content-sha256': sha256Hex(Buffer.from('x')) } },
      ] satisfies readonly Given[]
    ).map((changed) => {
      const { rawHeaders } = signedRequest({});
      const authorization = rawHeaders.at(-1) ?? '';
      return ['SignatureDoesNotMatch', requestOf({ ...changed, authorization })] as const;
    }),
  ];
  for (const [code, request, now] of rows) {
    t.equal(
      codeOf(() => check(request, now)),
      code,
      request.rawHeaders.join(' '),
    );
  }
});

t.test('names and values are encoded once, byte by byte', async (t) => {
  const odd = 'a b+%ü😀"&\n~._-//*()!\'';
  const encoded = uriEncode(Buffer.from(odd), '/');
  t.equal(encoded, 'a%20b%2B%25%C3%BC%F0%9F%98%80%22%26%0A~._-//%2A%28%29%21%27');
  t.equal(uriDecode(encoded).toString(), odd);
  t.equal(uriEncode(Buffer.from('/')), '%2F');
  for (const wrong of ['%', '%4', '%4g'])
    t.equal(
      codeOf(() => uriDecode(wrong)),
      'InvalidURI',
    );
  // Nothing is normalized, and lower case and needless escapes come to the same.
  const lines = canonicalRequest(requestOf({ url: '/b/a/../%61//%c3%bc?q=%7e&p=a+b' }), [], '');
  t.match(lines, 'GET\n/b/a/../a//%C3%BC\np=a%20b&q=~\n');
});
