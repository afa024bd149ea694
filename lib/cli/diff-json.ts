/** Differences as JSON, one a line; values as docs/ndjson.md has them. */
import { isUtf8 } from 'node:buffer';
import type { Difference, GlobalDifference, RecordDifference } from '../jobs/diff.ts';
import type { RecordField } from '../jobs/diff-record.ts';
import { globalLine } from '../ndjson/globals.ts';
import { ParticleText } from '../ndjson/particle-text.ts';
import { BASE64_NAME } from '../ndjson/tags.ts';
import { ParticleType } from '../record/particle.ts';
import type { AsbRecord } from '../record/record.ts';

/** Of a record on one side only, all that it has is told. */
const ALL_FIELDS = ['generation', 'voidTime'] as const;

/** Writes differences; the memory for values is used again. */
export class DiffJson {
  readonly #values = new ParticleText();

  /** A JSON object, without a line end. */
  of(difference: Difference): string {
    return difference.what === 'record' ? this.#record(difference) : globalJson(difference);
  }

  #record({ kind, before, after, fields, bins }: RecordDifference): string {
    const record = (after ?? before)!;
    const told = kind === 'changed' ? fields : ALL_FIELDS;
    return object([
      ['kind', JSON.stringify(kind)],
      ['set', this.#field(record, 'set')],
      ['key', this.#field(record, 'key')],
      ['digest', JSON.stringify(record.digest.toString('base64'))],
      ...told.map((field): Member => {
        const sides = [before, after].map((side) => side && this.#field(side, field));
        return [field === 'set' || field === 'key' ? `${field}Change` : field, sidesOf(sides)];
      }),
      [
        'bins',
        object(
          bins.map(({ name, before: one, after: other }): Member => {
            const sides = [one, other].map((bin) => bin && this.#values.of(bin));
            return [nameText(name), sidesOf(sides)];
          }),
        ),
      ],
    ]);
  }

  /** `undefined` if the record has none. */
  #field(record: AsbRecord, field: RecordField): string | undefined {
    switch (field) {
      case 'set': {
        const { setBytes: bytes } = record;
        return bytes.length === 0
          ? undefined
          : this.#values.of({ type: ParticleType.STRING, bytes });
      }
      case 'key':
        return record.userKey && this.#values.of(record.userKey);
      default:
        return String(record[field]);
    }
  }
}

type Member = readonly [name: string, json: string | undefined];

/** What is `undefined` is left out. */
const object = (members: readonly Member[]): string => {
  const there = members.filter(([, json]) => json !== undefined);
  return `{${there.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
};

const sidesOf = ([before, after]: readonly (string | undefined)[]): string =>
  object([
    ['before', before],
    ['after', after],
  ]);

const nameText = (name: Buffer): string => {
  const text = name.toString();
  return isUtf8(name) && !text.startsWith('$') ? text : `${BASE64_NAME}${name.toString('base64')}`;
};

const globalJson = ({ kind, before, after }: GlobalDifference): string => {
  const type = (after ?? before)!.kind;
  // Without {"index": before it, and } and the line end behind it.
  const sides = [before, after].map((side) => side && globalLine(side).slice(type.length + 4, -2));
  return object([
    ['kind', JSON.stringify(kind)],
    [type, sidesOf(sides)],
  ]);
};
