// Around the official client that a program has already (npm package aerospike): what its query finds
// goes to a file as NDJSON, and from a file back to a cluster.
//
//     node around-a-client.js 10.0.0.1:3000 test people > people.ndjson
//     node around-a-client.js 10.0.0.1:3000 test < people.ndjson
//
// The client does not tell all that a backup must know: docs/client.md. Where it may, asb scan and
// asb load do the same without one, without loss, and faster.
import { pipeline } from 'node:stream/promises';
import Aerospike from 'aerospike';
import { fromClient, fromNdjson, toClient, toNdjson } from 'asb-streams';

const [hosts, namespace, set] = process.argv.slice(2);
if (!hosts || !namespace) throw new Error('usage: node around-a-client.js HOSTS NAMESPACE [SET]');

const client = await Aerospike.connect({ hosts });
try {
  if (set) {
    const query = client.query(namespace, set);
    query.select('name', 'born', 'score');
    // Of a whole number, the client does not say whether it is an integer: you do.
    const types = { born: 'integer', score: 'double' };
    await pipeline(fromClient(query, { types }), toNdjson(), process.stdout);
  } else {
    const sink = toClient(client, { aerospike: Aerospike, namespace });
    await pipeline(process.stdin, fromNdjson({ namespace }), sink);
    console.error(sink.info);
  }
} finally {
  client.close();
}
