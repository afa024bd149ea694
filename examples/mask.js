// A backup in which the bin "email" of every record is a pseudonym: the same address gives the same
// one, so that it can be joined on, and without the secret nobody can find out which it was.
//
//     SECRET=… node mask.js 10.0.0.1 test out
//
// All else goes through as the bytes that it was: keys, names, and bins of every type.
import { createHmac } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import {
  BatchBuilder,
  compress,
  directory,
  encodeParticle,
  rotate,
  scan,
  serialize,
} from 'asb-streams';

const [seeds, namespace, target] = process.argv.slice(2);
const { SECRET } = process.env;
if (!seeds || !namespace || !target || !SECRET) {
  throw new Error('usage: SECRET=… node mask.js HOST NAMESPACE DIRECTORY');
}

/** A text that stands for the value of a bin, whatever its type. */
const pseudonym = ({ type, bytes }) =>
  createHmac('sha256', SECRET).update(Uint8Array.of(type)).update(bytes).digest('base64url');

async function* mask(chunks) {
  const builder = new BatchBuilder(namespace);
  for await (const chunk of chunks) {
    if (chunk.kind !== 'records') {
      yield chunk; // a secondary index or a UDF module
      continue;
    }
    for (const record of chunk) {
      const { setBytes, userKey, digest, generation, voidTime } = record;
      const bins = Array.from(record.binList(), (bin) => ({
        name: bin.nameBytes,
        particle: bin.name === 'email' ? encodeParticle(pseudonym(bin)) : bin,
      }));
      builder.addParticles({ set: setBytes, key: userKey, digest, generation, voidTime, bins });
    }
    yield builder.build();
  }
}

await pipeline(
  scan({ seeds, namespace }),
  mask,
  serialize({ namespace }),
  compress(),
  rotate({ storage: directory(target), name: namespace }),
);
