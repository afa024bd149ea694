/** The texts that a Ceph cluster of one is made of: ceph.conf and the keyring. */
import { randomBytes } from 'node:crypto';
import { totalmem } from 'node:os';

/** Most that the OSD may hold, in bytes; memory is taken as objects come. */
const MOST_BYTES = Math.min(6 * 2 ** 30, Math.floor(totalmem() / 2));

export interface CephPlan {
  /** Where everything of the cluster rests. */
  readonly directory: string;
  readonly fsid: string;
  /** Ports on 127.0.0.1. */
  readonly monPort: number;
  readonly gatewayPort: number;
}

/**
 * Of ceph.conf: no manager, loopback only, logs to standard error. Server-side encryption of
 * kind aws:kms knows the key id `testkey-1`.
 */
export const cephConfig = ({ directory, fsid, monPort, gatewayPort }: CephPlan): string => `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monPort}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${directory}/keyring
run dir = ${directory}
crash dir = ${directory}
admin socket =
pid file =
log file =
log to stderr = true
mon cluster log file =

# What is not asked of it costs time: logs kept for a crash, checksums on loopback.
log max recent = 1
debug ms = 0
debug osd = 0
debug rgw = 0
debug rocksdb = 0
ms crc data = false

# One monitor need not gather proposals for a second each: a start takes 1 s instead of 11.
paxos propose interval = 0.02
paxos min wait = 0.01

# No second copy, and few placement groups, for there is no second OSD.
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 2
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
# A disk that is nearly full is no concern of a cluster in memory.
mon data avail crit = 1

[mon]
mon data = ${directory}/mon

[osd]
osd data = ${directory}/osd
osd objectstore = memstore
memstore device bytes = ${MOST_BYTES}

[client.gateway]
rgw data = ${directory}/gateway
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw enable lc threads = false
rgw enable quota threads = false
rgw run sync thread = false
rgw dynamic resharding = false
# What was deleted or replaced waits for its last readers; in two hours it would fill the memory.
rgw gc obj min wait = 10
rgw gc processor period = 10
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = testkey-1=${randomBytes(32).toString('base64')}
`;

/** A key of cephx: type 1 (AES), when it was made (seconds, ns), and 16 bytes with their length. */
const cephxKey = (): string => {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(1, 0);
  head.writeUInt32LE(Math.floor(Date.now() / 1000), 2);
  head.writeUInt16LE(16, 10);
  return Buffer.concat([head, randomBytes(16)]).toString('base64');
};

/** Who may do what; the monitor takes this over when it is made. */
const CAPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'mon.': { mon: 'allow *' },
  'client.admin': { mon: 'allow *', osd: 'allow *' },
  'osd.0': { mon: 'allow profile osd', osd: 'allow *' },
  'client.gateway': { mon: 'allow rw', osd: 'allow rwx' },
};

/** Of the keyring of all that take part, with new keys. */
export const keyring = (): string =>
  Object.entries(CAPS)
    .map(([name, caps]) => {
      const lines = Object.entries(caps).map(([of, may]) => `caps ${of} = "${may}"\n`);
      return `[${name}]\nkey = ${cephxKey()}\n${lines.join('')}`;
    })
    .join('\n');
