import { AsbError } from '../../errors.ts';

/** Versions that are spoken, the oldest first. */
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof VERSIONS)[number];

/**
 * Too old: OpenSSL speaks TLS 1.1 only at security level 0, at which it also takes short keys and
 * weak sums. To leave them out is allowed, for old command lines do.
 */
const OLD = ['SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1'];

export interface TlsVersions {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

/**
 * Reads what Apache's `SSLProtocol` says: words with white space or commas between, each a version
 * or `all`, `+` or nothing before it to allow, `-` to forbid; from left to right.
 *
 * @param words every version that is spoken if left out; the peers speak TLS 1.2 only
 * @throws AsbError `USAGE` for a word that is none, for versions that are too old, and if none is left
 */
export const parseProtocols = (words = 'all'): TlsVersions => {
  const allowed = new Set<TlsVersion>();
  const given = words.split(/[\s,]+/).filter((word) => word !== '');
  for (const [index, word] of given.entries()) {
    const sign = /^[+-]/.test(word) ? word.slice(0, 1) : '';
    // What begins anew would undo what stands before it, which nobody means.
    if (sign === '' && index > 0) throw wrong(`"${word}" needs + or - before it`);
    for (const version of versionsOf(word.slice(sign.length), sign)) {
      if (sign === '-') allowed.delete(version);
      else allowed.add(version);
    }
  }
  const left = VERSIONS.filter((version) => allowed.has(version));
  const [minVersion] = left;
  const maxVersion = left.at(-1);
  if (minVersion === undefined || maxVersion === undefined) {
    throw wrong(`"${words}" leaves no version`);
  }
  return { minVersion, maxVersion };
};

const versionsOf = (name: string, sign: string): readonly TlsVersion[] => {
  const same = (known: string): boolean => known.toLowerCase() === name.toLowerCase();
  if (same('all')) return VERSIONS;
  const version = VERSIONS.filter(same);
  if (version.length > 0) return version;
  if (!OLD.some(same)) throw wrong(`"${name}" is no version of TLS`);
  if (sign === '-') return [];
  throw wrong(`${name} is too old to be safe, and is not spoken`);
};

const wrong = (what: string): AsbError => {
  const expected = `all, ${VERSIONS.join(', ')}, with + or - before`;
  return new AsbError('USAGE', `--tls-protocols: ${what}; expected ${expected}`, { expected });
};
