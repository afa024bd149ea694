/** Differences in lines for people. */
import type { Difference, GlobalDifference, RecordDifference } from '../jobs/diff.ts';
import type { RecordField } from '../jobs/diff-record.ts';
import { ParticleText } from '../ndjson/particle-text.ts';
import type { Global } from '../record/globals.ts';
import type { AsbRecord } from '../record/record.ts';
import { countOf } from './format.ts';
import { printable, shortened } from './report.ts';

/** Characters of a value that are shown. */
export const MAX_VALUE = 80;

/** As `diff -u` has them. */
const SIGNS = { removed: '-', added: '+', changed: '~' } as const;

/** What the first line of a global says, or what does not count. */
const HIDDEN_FACTS: ReadonlySet<string> = new Set(['kind', 'namespace', 'name']);

/** Says differences; the memory for values is used again. */
export class DiffLines {
  readonly #values = new ParticleText();

  /** What is different, and below it how. */
  of(difference: Difference): string[] {
    const lines = difference.what === 'record' ? this.#record(difference) : globalLines(difference);
    return lines.map(printable);
  }

  #record({ kind, before, after, fields, bins }: RecordDifference): string[] {
    const record = after ?? before;
    const head = `${SIGNS[kind]} ${this.#name(record!)}`;
    if (kind !== 'changed') return [`${head}, ${countOf(bins.length, 'bin')}`];
    return [
      head,
      ...fields.map((field) => {
        const [one, other] = [this.#field(before!, field), this.#field(after!, field)];
        return `    ${FIELD_WORDS[field]}: ${one} → ${other}`;
      }),
      ...bins.map(({ name, before: one, after: other }) => {
        const [old, now] = [one, other].map(
          (bin) => bin && shortened(this.#values.of(bin), MAX_VALUE),
        );
        if (old === undefined) return `  + bin ${name}: ${now}`;
        return now === undefined ? `  - bin ${name}: ${old}` : `    bin ${name}: ${old} → ${now}`;
      }),
    ];
  }

  #name(record: AsbRecord): string {
    const set = record.set === '' ? [] : [`set ${record.set}`];
    const key = record.userKey === undefined ? [] : [`key ${this.#field(record, 'key')}`];
    return [...set, ...key, `digest ${record.digest.toString('base64')}`].join(', ');
  }

  #field(record: AsbRecord, field: RecordField): string {
    switch (field) {
      case 'set':
        return record.set === '' ? 'none' : record.set;
      case 'key':
        return record.userKey === undefined
          ? 'not stored'
          : shortened(this.#values.of(record.userKey), MAX_VALUE);
      case 'generation':
        return String(record.generation);
      case 'voidTime':
        return record.expiresAt?.toISOString() ?? 'never';
    }
  }
}

const FIELD_WORDS = {
  set: 'set',
  key: 'key',
  generation: 'generation',
  voidTime: 'expires',
} as const satisfies Record<RecordField, string>;

const globalLines = ({ kind, before, after }: GlobalDifference): string[] => {
  const { kind: type, name } = (after ?? before)!;
  const head = `${SIGNS[kind]} ${type === 'index' ? 'secondary index' : 'UDF module'} ${name}`;
  return before === undefined || after === undefined ? [head] : [head, ...factLines(before, after)];
};

const factLines = (before: Global, after: Global): string[] => {
  const [old, now] = [factsOf(before), factsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((fact) => [fact, old.get(fact) ?? 'none', now.get(fact) ?? 'none'] as const)
    .filter(([, one, other]) => one !== other)
    .map(
      ([fact, one, other]) =>
        `    ${fact}: ${shortened(one, MAX_VALUE)} → ${shortened(other, MAX_VALUE)}`,
    );
};

const factsOf = (global: Global): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(global).flatMap(([fact, value]): [string, string][] => {
      if (HIDDEN_FACTS.has(fact) || value === '') return [];
      return [[fact, value instanceof Uint8Array ? Buffer.from(value).toString() : value]];
    }),
  );
