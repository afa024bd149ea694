import type { Cluster } from './cluster.ts';
import { type InfoHandler, type InfoParameters, isBase64 } from './info-parameters.ts';
import { describeUdf } from './udfs.ts';

/** Commands about UDF modules; their errors have a form of their own, `error=…`. */
export const UDF_COMMANDS: readonly (readonly [string, InfoHandler])[] = [
  ['udf-list', (cluster) => cluster.udfs.list().map(describeUdf).join('')],
  ['udf-get', (cluster, _member, parameters) => get(cluster, parameters)],
  ['udf-put', (cluster, _member, parameters) => put(cluster, parameters)],
  ['udf-remove', (cluster, _member, parameters) => remove(cluster, parameters)],
];

const get = (cluster: Cluster, { values }: InfoParameters): string => {
  const name = values.get('filename');
  if (name === undefined) return 'error=invalid_filename';
  const module = cluster.udfs.get(name);
  if (module === undefined) return 'error=not_found';
  const content = Buffer.from(module.content).toString('base64');
  return `type=${module.language};content=${content};`;
};

/** The sandbox does not compile a module, so a wrong one is taken. */
const put = (cluster: Cluster, { values }: InfoParameters): string => {
  const name = values.get('filename');
  const content = values.get('content');
  // A name has an extension: a dot that is neither its first character nor its last.
  if (name === undefined || !/^[^.]+\../s.test(name)) return 'error=invalid_filename';
  const length = Number(values.get('content-len'));
  if (content === undefined || length !== content.length) return 'error=invalid_content_len';
  if (content === '' || !isBase64(content)) return 'error=invalid_base64_content';
  cluster.udfs.put({
    kind: 'udf',
    name,
    language: 'LUA',
    content: Buffer.from(content, 'base64'),
  });
  return 'ok';
};

/** Removing what is not there is no failure to the server. */
const remove = (cluster: Cluster, { values }: InfoParameters): string => {
  const name = values.get('filename');
  if (name === undefined) return 'error=invalid_filename';
  cluster.udfs.delete(name);
  return 'ok';
};
