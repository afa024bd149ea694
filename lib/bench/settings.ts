import type { EncryptionMode } from '../crypto/key.ts';
import type { BenchStage, Chain } from './chain.ts';

/** How stages are set, as their own options have it; each stage's own default if left out. */
export interface BenchSettings {
  /** Of `serialize`: blobs raw and not in base64. Where text is what goes in, it is of this form. */
  readonly compact?: boolean;
  /** zstd's level. Where frames are what goes in, they are of this level. */
  readonly level?: number;
  /** Bytes of text in a frame, about; also of frames that go in. */
  readonly frameSize?: number;
  /** Frames that `compress` works on at a time. */
  readonly concurrency?: number;
  /** Of `encrypt` and `decrypt`; `aes128` if left out. The key is a random one. */
  readonly mode?: EncryptionMode;
  /** Of `rotate`: encrypts each file, with a random key. */
  readonly encrypt?: EncryptionMode;
  /** Of `rotate`: bytes at which the next file begins. */
  readonly fileLimit?: number;
  /** Least bytes of a part of an upload to S3. */
  readonly minPartSize?: number;
  /** Parts on their way to S3 at once. */
  readonly maxAsyncUploads?: number;
}

type SettingName = keyof BenchSettings;

const OF_TEXT: readonly SettingName[] = ['compact'];
const OF_FRAMES: readonly SettingName[] = ['compact', 'level', 'frameSize'];
const OF_S3: readonly SettingName[] = ['minPartSize', 'maxAsyncUploads'];

/** Settings of the stages themselves. */
const OF_STAGES: Readonly<Record<BenchStage, readonly SettingName[]>> = {
  serialize: OF_TEXT,
  compress: ['level', 'frameSize', 'concurrency'],
  encrypt: ['mode'],
  rotate: ['fileLimit', 'encrypt', ...OF_S3],
  upload: OF_S3,
  decrypt: ['mode'],
  decompress: [],
  parse: [],
  'to-ndjson': [],
  'from-ndjson': [],
};

/** Settings that what goes in is made by. */
const OF_INPUT: Readonly<Record<Chain['gives'], readonly SettingName[]>> = {
  records: [],
  NDJSON: [],
  text: OF_TEXT,
  frames: OF_FRAMES,
  'encrypted text': ['mode', ...OF_TEXT],
  'encrypted frames': ['mode', ...OF_FRAMES],
};

/** Names of the settings that what goes into a chain is made by. */
export const inputSettingsOf = ({ links: [{ takes }] }: Chain): readonly SettingName[] =>
  OF_INPUT[takes];

/** Names of the settings that a chain goes by. */
export const settingsOf = (chain: Chain): readonly SettingName[] => [
  ...new Set([...inputSettingsOf(chain), ...chain.links.flatMap(({ stage }) => OF_STAGES[stage])]),
];

/** Those of the settings that a chain goes by. */
export const settingsFor = (chain: Chain, settings: BenchSettings): BenchSettings => {
  const names = new Set<string>(settingsOf(chain));
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.has(name)));
};
