import { isUtf8 } from 'node:buffer';
import type {
  Global,
  IndexCollection,
  IndexType,
  SecondaryIndex,
  UdfModule,
} from '../record/globals.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { Place } from './place.ts';
import { readBase64, readString } from './scalars.ts';

const COLLECTIONS: readonly IndexCollection[] = ['default', 'list', 'mapkeys', 'mapvalues', 'set'];
const TYPES: readonly IndexType[] = ['numeric', 'string', 'geo2dsphere', 'blob', 'none'];

/**
 * The line of a global, with its line end. The namespace has no part in it, as in the lines of
 * records: who reads them says into which one they go.
 */
export const globalLine = (global: Global): string =>
  `${JSON.stringify(global.kind === 'index' ? indexJson(global) : udfJson(global))}\n`;

const indexJson = ({ kind, namespace, ...facts }: SecondaryIndex): object => ({ [kind]: facts });

const udfJson = ({ kind, content, ...facts }: UdfModule): object => {
  const bytes = Buffer.from(content);
  return {
    [kind]: {
      ...facts,
      content: isUtf8(bytes) ? bytes.toString() : { $blob: bytes.toString('base64') },
    },
  };
};

/**
 * Reads a line that {@link globalLine} wrote, or someone by hand.
 * @param namespace where an index goes
 * @returns undefined if the line is a record's
 * @throws AsbError `FORMAT` with the path to what is wrong
 */
export const readGlobal = (
  place: Place,
  json: JsonObject,
  namespace: string,
): Global | undefined => {
  const kind = Object.keys(json)[0];
  if (kind !== 'index' && kind !== 'udf') return undefined;
  const facts = json[kind];
  if (Object.keys(json).length > 1) throw place.wrong(json, `nothing beside "${kind}"`);
  place.path.push(kind);
  if (!isObject(facts)) throw place.wrong(facts, 'an object');
  const global = kind === 'index' ? readIndex(place, facts, namespace) : readUdf(place, facts);
  place.path.pop();
  return global;
};

const readIndex = (place: Place, facts: JsonObject, namespace: string): SecondaryIndex => {
  onlyMembers(place, facts, ['set', 'name', 'collection', 'type', 'bin', 'context', 'expression']);
  const context = member(place, facts, 'context', base64Text);
  const expression = member(place, facts, 'expression', base64Text);
  return {
    kind: 'index',
    namespace,
    set: member(place, facts, 'set', text) ?? '',
    name: required(place, facts, 'name', text),
    collection: member(place, facts, 'collection', oneOf(COLLECTIONS)) ?? 'default',
    type: required(place, facts, 'type', oneOf(TYPES)),
    bin: member(place, facts, 'bin', text) ?? '',
    ...(context !== undefined && { context }),
    ...(expression !== undefined && { expression }),
  };
};

const readUdf = (place: Place, facts: JsonObject): UdfModule => {
  onlyMembers(place, facts, ['name', 'language', 'content']);
  return {
    kind: 'udf',
    name: required(place, facts, 'name', text),
    language: member(place, facts, 'language', oneOf(['LUA'])) ?? 'LUA',
    content: required(place, facts, 'content', udfContent),
  };
};

type Read<T> = (place: Place, json: Json | undefined) => T;

const text: Read<string> = (place, json) => readString(place, json).toString();

const base64Text: Read<string> = (place, json) => readBase64(place, json).toString('base64');

const udfContent: Read<Buffer> = (place, json) => {
  if (!isObject(json)) return readString(place, json);
  onlyMembers(place, json, ['$blob']);
  return required(place, json, '$blob', readBase64);
};

const oneOf =
  <T extends string>(choices: readonly T[]): Read<T> =>
  (place, json) => {
    const choice = choices.find((one) => one === json);
    if (choice === undefined) throw place.wrong(json, `one of ${choices.join(', ')}`);
    return choice;
  };

/** A member that may be left out or null. */
const member = <T>(place: Place, facts: JsonObject, name: string, read: Read<T>): T | undefined =>
  facts[name] === undefined || facts[name] === null
    ? undefined
    : required(place, facts, name, read);

const required = <T>(place: Place, facts: JsonObject, name: string, read: Read<T>): T => {
  place.path.push(name);
  const value = read(place, facts[name]);
  place.path.pop();
  return value;
};

/** @throws AsbError `FORMAT` for a member of another name: a typing error would lose it */
export const onlyMembers = (place: Place, json: JsonObject, names: readonly string[]): void => {
  for (const name of Object.keys(json)) {
    if (names.includes(name)) continue;
    place.path.push(name);
    throw place.wrong(json[name], `no such member, only ${names.join(', ')}`);
  }
};
