import type { Cluster, Member } from './cluster.ts';

/** What follows the name of an info command. */
export interface InfoParameters {
  /** `name/first/second` */
  readonly path: readonly string[];
  /** `name:key=value;…` */
  readonly values: ReadonlyMap<string, string>;
}

/** Answers one info command. */
export type InfoHandler = (cluster: Cluster, member: Member, parameters: InfoParameters) => string;

/** An error as the server words it: `ERROR:code:text`. */
export const infoError = (code: number, text: string): string => `ERROR:${code}:${text}`;

/** The namespace of a command: servers take `ns` and `namespace`. */
export const namespaceOf = ({ path, values }: InfoParameters): string | undefined =>
  values.get('namespace') ?? values.get('ns') ?? path[0];

/** Standard base64, with its padding. */
export const isBase64 = (text: string): boolean =>
  text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
