/** What the official client does not ask; honest.test.ts has what a real server answers. */
import t from 'tap';
import { Cluster, type Member } from '../../lib/sandbox/cluster.ts';
import { answerInfo } from '../../lib/sandbox/info.ts';
import { loadSample } from '../../lib/sandbox/sample.ts';
import { Access } from '../../lib/sandbox/security/access.ts';
import { User } from '../../lib/sandbox/security/users.ts';

const cluster = new Cluster({
  namespaces: ['test', 'copy'],
  replicationFactor: 2,
  clock: { now: () => Date.UTC(2026, 0, 1), sleep: async () => {} },
});
const A1 = { name: 'A1', address: '127.0.0.1:3000', port: 3000 };
const A2 = { name: 'A2', address: '[::1]:3100', port: 3100 };
cluster.join([A1, A2]);
loadSample(cluster, 'test', 300);

const info = (command: string, member: Member = A1): string =>
  answerInfo(cluster, member, `${command}\n`).slice(command.length + 1, -1);

t.test('a reply has a line for each command', async (t) => {
  t.equal(
    answerInfo(cluster, A2, 'node\npartition-generation\nbuild\n'),
    'node\tA2\npartition-generation\t0\nbuild\t8.1.2.0\n',
  );
  t.equal(answerInfo(cluster, A1, 'node'), 'node\tA1\n');
  t.equal(answerInfo(cluster, A1, ''), '');
});

t.test('the cluster', async (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['peers-generation', '1'],
    ['rebalance-generation', '1'],
    ['peers-clear-std', '1,3000,[[A2,,[[::1]:3100]]]'],
    ['peers-clear-alt', '1,3000,[[A2,,[[::1]:3100]]]'],
    ['service-clear-std', '127.0.0.1:3000'],
    ['service-clear-alt', '127.0.0.1:3000'],
    ['service-tls-alt', 'ERROR:25:enterprise only'],
    ['peers-tls-std', 'ERROR:25:enterprise only'],
    ['peers-tls-alt', 'ERROR:25:enterprise only'],
    ['namespaces', 'test;copy'],
    ['cluster-name', 'sandbox'],
    ['cluster-stable', cluster.key],
    ['cluster-stable:size=2;ignore-migrations=true', cluster.key],
    ['user-agent-set:value=YQ==', 'ok'],
    ['version', 'Aerospike Community Edition build 8.1.2.0'],
  ];
  for (const [command, expected] of rows) t.equal(info(command), expected, command);
  t.match(info('features'), /(^|;)pscans(;|$)/);
  t.match(info('statistics'), /cluster_size=2;.*objects=300/);
});

t.test('racks', async (t) => {
  t.equal(info('rack-ids'), 'ERROR:25:enterprise only');
  t.equal(info('rack-ids', { ...A1, rack: 7 }), 'test:7;copy:7');
  t.equal(info('rack-ids', { ...A1, rack: 0 }), 'test:0;copy:0');
});

t.test('nodes whose ports speak TLS', async (t) => {
  const secure = new Cluster({
    namespaces: [],
    replicationFactor: 1,
    clock: { now: () => 0, sleep: async () => {} },
  });
  const members = [A1, A2].map((member) => ({ ...member, tlsName: 'cert' }));
  const [one = A1] = members;
  secure.join(members);
  const rows: readonly (readonly [string, string])[] = [
    ['peers-tls-std', '1,3000,[[A2,cert,[[::1]:3100]]]'],
    ['peers-tls-alt', '1,3000,[[A2,cert,[[::1]:3100]]]'],
    ['service-tls-std', '127.0.0.1:3000'],
    ['service-tls-alt', '127.0.0.1:3000'],
    ['peers-clear-std', '1,3000,[[A2,,[]]]'],
    ['service-clear-std', ''],
  ];
  for (const [command, expected] of rows) {
    t.equal(answerInfo(secure, one, command), `${command}\t${expected}\n`);
  }
});

t.test('what needs a permission', async (t) => {
  const access = new Access(true);
  const ask = (commands: string): string => answerInfo(cluster, A1, commands, access);
  t.equal(ask('node\nbuild\n'), 'ERROR:80:not authenticated\n', 'one line for all');
  access.user = new User({ name: 'one', roles: ['sindex-admin'] });
  const refused = (permission: string): string =>
    `ERROR:81:role violation - requires permission '${permission}'`;
  const rows: readonly (readonly [string, string])[] = [
    ['node', 'A1'],
    ['sindex-exists:ns=test;indexname=nope', 'false'],
    ['sindex-delete:ns=test;indexname=nope', 'ok'],
    ['udf-remove:filename=nope.lua', refused('udf-admin')],
    ['udf-put', refused('udf-admin')],
    ['truncate:namespace=nope;set=s', refused('truncate')],
    ['truncate-namespace:namespace=nope', refused('truncate')],
    ['rack-ids', 'ERROR:25:enterprise only'],
  ];
  for (const [command, expected] of rows) t.equal(ask(command), `${command}\t${expected}\n`);
  access.user = new User({ name: 'two', roles: ['udf-admin', 'truncate'] });
  for (const command of ['sindex-create', 'sindex-delete', 'sindex-exists']) {
    t.equal(ask(command), `${command}\t${refused('sindex-admin')}\n`);
  }
  t.equal(ask('udf-remove:filename=nope.lua'), 'udf-remove:filename=nope.lua\tok\n');
});

t.test('replicas has a bitmap of masters and one of the others', async (t) => {
  const [test, copy] = info('replicas').split(';');
  const [regime, count, masters, others] = test?.slice('test:'.length).split(',') ?? [];
  t.strictSame([regime, count], ['0', '2']);
  t.equal(copy, `copy:0,2,${masters},${others}`);
  const [bits, rest] = [masters, others].map((map) => Buffer.from(map ?? '', 'base64'));
  t.ok(bits?.every((byte, index) => byte === (~(rest?.[index] ?? 0) & 255)));
});

t.test('namespaces and sets', async (t) => {
  // Two copies on two nodes: each has all records, and is the master of about half of them.
  const masters = [A1, A2].map((member) => {
    const told = info('namespace/test', member);
    const { all, own, other } =
      /objects=(?<all>\d+);.*master_objects=(?<own>\d+);prole_objects=(?<other>\d+);/.exec(told)
        ?.groups ?? {};
    t.equal(all, '300');
    t.equal(Number(own) + Number(other), 300);
    return Number(own);
  });
  t.equal(
    masters.reduce((sum, count) => sum + count),
    300,
  );
  t.match(info('namespace/test', { ...A1, name: 'gone' }), /(^|;)objects=0;/);
  t.match(info('namespace/copy'), /(^|;)objects=0;.*;data_used_bytes=0;/);
  t.match(info('sets/test'), /ns=test:set=s1:objects=\d+:.*:data_used_bytes=\d+:.*:sindexes=7:/);
  t.match(info('sets'), /ns=test:set=s2:/);
  t.equal(info('sets/copy'), '');
  t.match(info('sets/test/s2'), /^objects=\d+:/);
  t.equal(info('sets/test/nope'), '');
});

t.test('secondary indexes', async (t) => {
  const listed = info('sindex-list:ns=test;b64=true').split(';');
  t.equal(listed.length, 9);
  t.equal(info('sindex-list'), listed.join(';'));
  t.equal(info('sindex'), listed.join(';'));
  t.equal(info('sindex/test'), listed.join(';'));
  t.equal(info('sindex/nope'), 'ns_type=unknown');
  t.match(info('sindex/test/sample_int'), /load_pct=100/);
  t.equal(info('sindex-list:namespace=copy'), '');
  t.ok(
    listed.includes(
      'ns=test:indexname=sample_expr:set=s1:bin=null:type=numeric:indextype=default:context=null:exp=k1ECo2ludA==:state=RW',
    ),
  );
  const create = 'sindex-create:ns=copy;indexname=x';
  const rows: readonly (readonly [string, string])[] = [
    ['sindex-stat:ns=nope;indexname=x', 'ERROR:20:namespace not found on node'],
    ['sindex-stat:ns=test', "ERROR:4:missing 'indexname'"],
    ['sindex-exists:ns=nope;indexname=x', 'ERROR:20:namespace not found on node'],
    ['sindex-exists:ns=test;indexname=sample_int', 'true'],
    ['sindex-create:indexname=x', "ERROR:20:missing 'namespace'"],
    ['sindex-create:ns=copy;indexname=', "ERROR:4:missing 'indexname' value"],
    [`${create};set=`, "ERROR:4:missing 'set' value"],
    [create, "ERROR:4:both 'indexdata' and 'type' are missing"],
    [`${create};type=string`, "ERROR:4:both 'bin' and 'exp' are missing"],
    [`${create};type=string;bin=`, "ERROR:4:missing 'bin' value"],
    [`${create};type=string;bin=b;exp=k1ECoWE=`, "ERROR:4:both 'bin' and 'exp' are specified"],
    [`${create};type=string;bin=sixteen bytes !!`, "ERROR:4:'bin' value too long"],
    [
      `${create};type=string;bin=b;indextype=zip`,
      "ERROR:4:bad 'indextype' - must be one of 'default', 'list', 'mapkeys', 'mapvalues'",
    ],
    [`${create};type=string;bin=b;context=!!`, "ERROR:4:'context' invalid base64"],
    [`${create};type=string;exp=!!`, "ERROR:4:bad 'exp'"],
    ['sindex-create:ns=nope;indexname=x;type=string;bin=b', 'ok'],
    [`${create};indexdata=b,STRING;indextype=LIST`, 'ok'],
    [`${create};type=string;bin=b;indextype=list`, 'ok'],
    ['sindex-create:ns=copy;indexname=twin;type=string;bin=b;indextype=list', 'ok'],
    ['sindex-exists:ns=copy;indexname=x', 'false'],
    [
      'sindex-list:ns=copy',
      'ns=copy:indexname=twin:set=null:bin=b:type=string:indextype=list:context=null:exp=null:state=RW',
    ],
    // A set may be called what lists say for none.
    ['sindex-create:ns=copy;indexname=nul;set=null;type=string;bin=b;indextype=list', 'ok'],
    ['sindex-exists:ns=copy;indexname=twin', 'true'],
    ['sindex-delete:ns=copy;indexname=nul', 'ok'],
    ['sindex-create:ns=copy;indexname=e;type=numeric;exp=k1ECoWE=', 'ok'],
    ['sindex-delete:ns=copy;indexname=e', 'ok'],
    ['sindex-delete:indexname=x', "ERROR:20:missing 'namespace'"],
    ['sindex-delete:ns=copy', "ERROR:4:missing 'indexname'"],
    ['sindex-delete:ns=copy;indexname=twin', 'ok'],
    ['sindex-list:ns=copy', ''],
    ['sindex-create:ns=copy;indextype=set', "ERROR:4:missing 'indexname'"],
    [`${create};indextype=set`, "ERROR:4:missing 'set'"],
    [`${create};indextype=SET;set=s;bin=b`, 'ERROR:4:bin parameter is not supported for set index'],
    [`${create};indextype=SET;set=s`, 'ok'],
    ['sindex-list:ns=copy', ';ns=copy:indexname=x:set=s:indextype=set'],
    ['sindex-create:ns=copy;indexname=i;type=string;bin=b', 'ok'],
    [
      'sindex-list:ns=copy',
      'ns=copy:indexname=i:set=null:bin=b:type=string:indextype=default:context=null:exp=null:state=RW;' +
        'ns=copy:indexname=x:set=s:indextype=set',
    ],
  ];
  for (const [command, expected] of rows) t.equal(info(command), expected, command);
});

t.test('UDF modules', async (t) => {
  t.equal(info('udf-list').split(';').length, 3);
  const rows: readonly (readonly [string, string])[] = [
    ['udf-get', 'error=invalid_filename'],
    ['udf-put:content=AAAA;content-len=4', 'error=invalid_filename'],
    ['udf-put:filename=a;content=AAAA;content-len=4', 'error=invalid_filename'],
    ['udf-put:filename=a.lua', 'error=invalid_content_len'],
    ['udf-put:filename=a.lua;content=;content-len=0', 'error=invalid_base64_content'],
    ['udf-put:filename=a.lua;content=AAAA;content-len=5', 'error=invalid_content_len'],
    ['udf-put:filename=a.lua;content=!!!!;content-len=4', 'error=invalid_base64_content'],
    ['udf-remove', 'error=invalid_filename'],
    ['udf-remove:filename=nope.lua', 'ok'],
  ];
  for (const [command, expected] of rows) t.equal(info(command), expected, command);
});

t.test('truncation', async (t) => {
  const store = cluster.namespaces.get('test');
  const rows: readonly (readonly [string, string])[] = [
    ['truncate:set=s1', "ERROR:20:missing 'namespace'"],
    ['truncate:namespace=test;set=s1;lut=x', 'ERROR:4:would truncate to 0'],
    ['truncate:namespace=test;set=s1;lut=1', 'ERROR:4:would truncate to 0'],
    ['truncate:namespace=nope;set=s1', 'ok'],
    [`truncate:namespace=test;set=s1;lut=${Date.UTC(2025, 0, 1)}000000`, 'ok'],
  ];
  for (const [command, expected] of rows) t.equal(info(command), expected, command);
  t.equal(store?.count(), 300);
  info('truncate:namespace=test;set=s1');
  t.equal(store?.count('s1'), 0);
  t.not(store?.count(), 0);
  info('truncate-namespace:namespace=test');
  t.equal(store?.count(), 0);
});
