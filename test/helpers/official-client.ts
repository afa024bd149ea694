import Aerospike, { type Client } from 'aerospike';
import type { Test } from 'tap';
import { parseAddresses } from '../../lib/wire/address.ts';
import { startTarget } from './target.ts';

/** The official client, connected to the cluster that tests have for themselves or are told of. */
export interface OfficialClient {
  readonly client: Client;
  readonly namespace: string;
  readonly seeds: ReturnType<typeof parseAddresses>;
}

/** Connects it; when the test is over, the set is emptied and all is closed. */
export const officialClient = async (t: Test, set: string): Promise<OfficialClient> => {
  const target = await startTarget({ ownThread: true, nodes: 2 });
  const { namespace } = target;
  const hosts = target.seeds.join(',');
  const client = await Aerospike.connect({ hosts, log: { level: Aerospike.log.OFF } });
  t.teardown(async () => {
    await client.truncate(namespace, set, 0);
    client.close();
    await target.close();
  });
  return { client, namespace, seeds: parseAddresses(hosts) };
};
