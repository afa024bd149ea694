/**
 * Scans with the official client in a process of its own, and says how it ended: a client whose
 * scan was refused may crash when it closes, whatever the server (tried on a real one). So it is
 * not closed: who starts this kills it when it has spoken.
 *
 *     node official-scan.ts HOSTS USER PASSWORD
 */
import Aerospike from 'aerospike';

const [hosts = '', user = '', password = ''] = process.argv.slice(2);
Aerospike.setDefaultLogging({ level: Aerospike.log.OFF });
const client = await Aerospike.connect({ hosts, user, password, connTimeoutMs: 20_000 });
let records = 0;
client
  .scan('test')
  .foreach()
  .on('data', () => records++)
  .on('error', (error) =>
    process.stdout.write(
      `${error instanceof Aerospike.AerospikeError ? `code ${error.code}` : error}\n`,
    ),
  )
  .on('end', () => process.stdout.write(`${records} records\n`));
