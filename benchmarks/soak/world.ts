/** What small jobs meet: `servers.js` starts it. */

/** Addresses, each a list of seeds. */
export interface Servers {
  /** Two nodes, as they should be; the others hold the same records. */
  readonly sound: string;
  /** Its scans and writes break off. */
  readonly cut: string;
  /** Amid its scans comes nonsense; it refuses writes as overloaded. */
  readonly mad: string;
  readonly slow: string;
  /** Wants TLS and a login: {@link USER}, and the CA `ca`. */
  readonly locked: string;
  /** Speaks another protocol. */
  readonly stranger: string;
  /** Nobody listens there. */
  readonly nobody: string;
  /** URL of an S3 server with the bucket {@link BUCKET}. */
  readonly s3: string;
  /** What the environment must have to get in there. */
  readonly s3Environment: Readonly<Record<string, string>>;
  /** PEM file. */
  readonly ca: string;
}

export const USER = { user: 'soak', password: 'soak-in-water' } as const;
export const BUCKET = 'soak';
/** Records of every sandbox. */
export const RECORDS = 1500;
