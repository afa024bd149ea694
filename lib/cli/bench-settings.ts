/** How the command line says that the stages of a benchmark are set. */
import type { BenchStage } from '../bench/chain.ts';
import { chainOf } from '../bench/chain.ts';
import { type BenchSettings, settingsOf } from '../bench/settings.ts';
import { AsbError } from '../errors.ts';
import { splitArguments } from './arguments.ts';
import { Given } from './given.ts';
import { dashed, namesOf } from './option.ts';
import { settingOptions, vs } from './options/bench.ts';
import { MIB } from './options/files.ts';

type Chains = readonly (readonly BenchStage[])[];

const OPTIONS = Object.values(settingOptions);

/**
 * The settings that were given.
 * @throws AsbError `USAGE` for one that was typed and that none of the stages goes by
 */
export const benchSettings = (given: Given, chains: Chains): BenchSettings => {
  const known = new Set<string>(chains.flatMap((stages) => settingsOf(chainOf(stages))));
  for (const [name, option] of Object.entries(settingOptions)) {
    if (!given.isTyped(option) || known.has(name)) continue;
    const stages = chains.map((chain) => chain.join(' ')).join(', ');
    throw new AsbError('USAGE', `${namesOf(option)} has no meaning for ${stages}`);
  }
  const { level, frameSize, concurrency, compact, mode, encrypt, fileLimit } = settingOptions;
  const { minPartSize, maxAsyncUploads } = settingOptions;
  const cipher = given.value(mode);
  const ofFiles = given.value(encrypt);
  const part = given.value(minPartSize);
  const uploads = given.value(maxAsyncUploads);
  return {
    ...(given.has(level) ? { level: given.value(level) } : {}),
    ...(given.has(frameSize) ? { frameSize: given.value(frameSize) * MIB } : {}),
    ...(given.has(concurrency) ? { concurrency: given.value(concurrency) } : {}),
    ...(given.has(compact) ? { compact: true } : {}),
    ...(cipher === undefined ? {} : { mode: cipher }),
    ...(ofFiles === undefined ? {} : { encrypt: ofFiles }),
    ...(given.has(fileLimit) ? { fileLimit: given.value(fileLimit) * MIB } : {}),
    ...(part === undefined ? {} : { minPartSize: part * MIB }),
    ...(uploads === undefined ? {} : { maxAsyncUploads: uploads }),
  };
};

/**
 * Reads the settings of the other side, as they stand on a command line: `--level 1 --compact`.
 * @throws AsbError `USAGE` for what is no setting, or none of these stages
 */
export const otherSettings = (text: string, chains: Chains): BenchSettings => {
  const values = valuesIn(text);
  const settings = benchSettings(new Given(values), chains);
  // The first side may have it.
  return values.get(settingOptions.compact.name) === NO
    ? { ...settings, compact: false }
    : settings;
};

/** The value of a flag that is not to be set. */
const NO = 'false';

/** Values by the main names of their options. */
const valuesIn = (text: string): Map<string, string> => {
  const values = new Map<string, string>();
  const words = splitArguments(OPTIONS, text.trim().split(/\s+/)).values();
  for (const word of words) {
    const [, name = '', glued] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = OPTIONS.find((each) => each.name === name || each.alias.includes(name));
    if (option === undefined) {
      const expected = OPTIONS.map((each) => dashed(each.name)).join(', ');
      throw new AsbError('USAGE', `${namesOf(vs)}: "${word}" is no setting; expected ${expected}`, {
        expected,
      });
    }
    if (!option.takesValue) {
      values.set(option.name, glued === NO ? NO : '');
      continue;
    }
    const value = glued ?? words.next().value;
    if (value === undefined) {
      const expected = option.shown;
      throw new AsbError('USAGE', `${namesOf(option)} needs a value: ${expected}`, { expected });
    }
    values.set(option.name, value);
  }
  return values;
};
