/** Fills a namespace with the benchmark's records, through the official client. */
import Aerospike from 'aerospike';
import { parseAddresses } from '../lib/wire/address.ts';
import { benchBins, SET } from './data.ts';

const BATCH = 500;
const AT_ONCE = 8;

export const load = async (host: string, namespace: string, count: number): Promise<void> => {
  const hosts = parseAddresses(host).map(({ host: addr, port }) => ({ addr, port }));
  const client = await Aerospike.connect({ hosts });
  const policy = new Aerospike.BatchWritePolicy({ key: Aerospike.policy.key.SEND });
  const writeFrom = async (first: number): Promise<void> => {
    const keys = Array.from(
      { length: Math.min(BATCH, count - first) },
      (_, index) => first + index,
    );
    const results = await client.batchWrite(
      keys.map((key) => ({
        type: Aerospike.batchType.BATCH_WRITE,
        key: new Aerospike.Key(namespace, SET, key),
        policy,
        ops: Object.entries(benchBins(key)).map(([bin, value]) =>
          Aerospike.operations.write(bin, value instanceof Map ? Object.fromEntries(value) : value),
        ),
      })),
    );
    const failed = results.find(({ status }) => status !== 0);
    if (failed !== undefined) throw new Error(`a write failed with status ${failed.status}`);
  };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const first = next;
      next += BATCH;
      await writeFrom(first);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    client.close();
  }
};
