import type { ClientModule } from '../../lib/client/target.ts';

/** The official client's class: it reads its argument as text, and refuses NaN. */
export class ClientDouble {
  readonly Double: number;
  constructor(value: number) {
    this.Double = Number.parseFloat(String(value));
    if (Number.isNaN(this.Double)) throw new TypeError('no double');
  }
}

/** The official client's class. */
export class ClientGeoJson {
  readonly str: string;
  constructor(text: string) {
    this.str = text;
  }
}

/** What is needed of the official client's package, for tests that need no client. */
export const CLIENT_MODULE: ClientModule = {
  Double: ClientDouble,
  GeoJSON: ClientGeoJson,
  policy: {
    exists: { IGNORE: 0, CREATE: 1, CREATE_OR_REPLACE: 4 },
    gen: { IGNORE: 0, GT: 2 },
    key: { DIGEST: 0, SEND: 1 },
  },
};
