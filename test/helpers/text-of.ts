/** A backup of few records, as text. */
import { Serializer } from '../../lib/asb/serializer.ts';
import { BatchBuilder, type PlainRecord } from '../../lib/record/builder.ts';
import type { Global, SecondaryIndex, UdfModule } from '../../lib/record/globals.ts';

export const textOf = (
  records: readonly PlainRecord[],
  globals: readonly Global[] = [],
  namespace = 'test',
): Buffer => {
  const builder = new BatchBuilder(namespace);
  for (const record of records) builder.add(record);
  const serializer = new Serializer({ namespace });
  const chunks = [...globals, ...(records.length > 0 ? [builder.build()] : [])];
  const text = chunks.flatMap((chunk) => serializer.push(chunk));
  return Buffer.concat([...text, ...serializer.end()]);
};

export const indexOf = (name: string, changes: Partial<SecondaryIndex> = {}): SecondaryIndex => ({
  kind: 'index',
  namespace: 'test',
  set: 'people',
  name,
  collection: 'default',
  type: 'numeric',
  bin: 'age',
  ...changes,
});

export const udfOf = (name: string, content = 'return 1'): UdfModule => ({
  kind: 'udf',
  name,
  language: 'LUA',
  content: Buffer.from(content),
});
