/**
 * The public API: stages for `pipeline()`, jobs made of them, records and batches to look at or to
 * make, and the places where bytes rest.
 */

export type { FormatVersion } from './asb/global-text.ts';
export type { Header } from './asb/header.ts';
export type { Continuation, SerializerInfo, SerializerOptions } from './asb/serializer.ts';
export type { Trial, Trials } from './bench/advice.ts';
export { type Advice, type AdviseOptions, adviseSettings } from './bench/advise.ts';
export {
  type BenchInputOptions,
  type BenchOptions,
  type BenchProgress,
  bench,
} from './bench/bench.ts';
export { BENCH_STAGES, type BenchLanguage, type BenchStage } from './bench/chain.ts';
export { generateRecords } from './bench/data.ts';
export {
  BIN_TYPES,
  type DataOptions,
  type GeneratedBin,
  type GeneratedKey,
  KEY_TYPES,
} from './bench/data-options.ts';
export type { Gauge } from './bench/gauge.ts';
export type {
  BenchComparison,
  BenchedChain,
  BenchInput,
  BenchReport,
  BenchSide,
} from './bench/report.ts';
export type { BenchSettings } from './bench/settings.ts';
export type { Pairs, Spread, Verdict } from './bench/statistics.ts';
export type { BinType } from './client/bin-type.ts';
export type { ClientReading } from './client/record-reader.ts';
export type { ClientWriting } from './client/record-writer.ts';
export type { ClientQuery, ClientRecord, ClientRecordStream } from './client/source.ts';
export type { ClientModule, ClientPut, ClientValue, WritingClient } from './client/target.ts';
export type { Doubt } from './client/value-reader.ts';
export type { Loss } from './client/value-writer.ts';
export { type Encryption, EncryptionKey, type EncryptionMode } from './crypto/key.ts';
export { type KeyForm, keyFromFile, keyFromText, keyFromVariable } from './crypto/key-source.ts';
export {
  type BinColumn,
  ColumnFinder,
  MAX_COLUMNS,
  parseColumn,
  RECORD_COLUMNS,
  type RecordColumn,
} from './csv/columns.ts';
export { AsbError, type ErrorCode, type ErrorFacts } from './errors.ts';
export {
  type BackupJob,
  type BackupOptions,
  type BackupProgress,
  type BackupSummary,
  backup,
} from './jobs/backup.ts';
export { type BackupInput, type InputOptions, openInput } from './jobs/backup-input.ts';
export {
  type OutputOptions,
  type WriteBackupOptions,
  type WrittenBackup,
  writeBackup,
} from './jobs/backup-output.ts';
export {
  type Difference,
  type DifferenceCounts,
  type DifferenceKind,
  type DiffJob,
  type DiffOptions,
  type DiffReport,
  diffBackups,
  type GlobalDifference,
  type RecordDifference,
} from './jobs/diff.ts';
export type { BinDifference, RecordField } from './jobs/diff-record.ts';
export {
  type Estimated,
  type EstimateJob,
  type EstimateOptions,
  type EstimateSummary,
  estimate,
} from './jobs/estimate.ts';
export {
  type FindOptions,
  findRecords,
  type Inspection,
  type InspectOptions,
  inspect,
} from './jobs/inspect.ts';
export type { Logger } from './jobs/logger.ts';
export type { FoundManifest } from './jobs/manifest-check.ts';
export {
  type MergeJob,
  type MergeOptions,
  type MergeProgress,
  type MergeSummary,
  mergeBackups,
} from './jobs/merge.ts';
export {
  type RemoveArtifactsOptions,
  type RemovedArtifacts,
  removeArtifacts,
} from './jobs/remove-artifacts.ts';
export {
  type RestoreJob,
  type RestoreOptions,
  type RestoreProgress,
  type RestoreSummary,
  restore,
} from './jobs/restore.ts';
export { DEFAULT_PARALLEL, MAX_PARALLEL } from './jobs/restore-options.ts';
export { MAX_SHARDS, type Shard } from './jobs/shard.ts';
export { type Environment, shardOf } from './jobs/shard-engine.ts';
export { MAX_SPLIT_PARTS, type SplitOptions, type SplitPart, splitBackup } from './jobs/split.ts';
export type { VerifiedFile } from './jobs/verified-file.ts';
export {
  type VerifiedNamespace,
  type VerifiedPlace,
  type VerifyJob,
  type VerifyOptions,
  type VerifyReport,
  verify,
} from './jobs/verify.ts';
export { MAX_WORKERS } from './jobs/workers.ts';
export type { Limit } from './meter/limit.ts';
export {
  BACKGROUND,
  Meter,
  type MeterOptions,
  type Stage,
  type StageFigures,
  type Step,
} from './meter/meter.ts';
export { type Metered, meter } from './meter/metered.ts';
export type { PipelineProfile } from './meter/pipeline-profile.ts';
export type { SampleSeries, StageSeries } from './meter/samples.ts';
export type { Work } from './meter/step.ts';
export type { NdjsonReaderInfo } from './ndjson/reader.ts';
export type { NdjsonWriterInfo } from './ndjson/writer.ts';
export { RecordBatch } from './record/batch.ts';
export { Bin } from './record/bin.ts';
export { BatchBuilder, encodeParticle, type Particle, type PlainRecord } from './record/builder.ts';
export { Census, MAX_COUNTED_SETS, type SetCount, type TypeCount } from './record/census.ts';
export type { RecordChunk } from './record/chunk.ts';
export { computeDigest } from './record/digest.ts';
export type {
  Global,
  IndexCollection,
  IndexType,
  SecondaryIndex,
  UdfModule,
} from './record/globals.ts';
export { decodeMsgpack, ListFlag, MapFlag } from './record/msgpack.ts';
export { encodeMsgpack } from './record/msgpack-writer.ts';
export { ParticleType } from './record/particle.ts';
export { AsbRecord, type UserKey } from './record/record.ts';
export {
  Double,
  FlaggedList,
  FlaggedMap,
  GeoJson,
  RawMsgpack,
  TypedBytes,
  type Value,
} from './record/values.ts';
export {
  type Clock,
  type Cluster as SandboxCluster,
  type Faults,
  type NamespaceStore,
  type RequestKind,
  type RowFault,
  type Sandbox,
  type SandboxNode,
  type SandboxOptions,
  type SandboxTls,
  type SandboxUser,
  type ScanCut,
  type StoredBin,
  type StoredRecord,
  startSandbox,
  type WriteCut,
} from './sandbox/index.ts';
export { SecretAgent, type SecretAgentOptions } from './secrets/agent.ts';
export type { AgentTlsOptions } from './secrets/agent-tls.ts';
export type { SecretEncoding } from './secrets/protocol.ts';
export type { Plain } from './select/plain-value.ts';
export {
  type BinProfile,
  EXPIRY_RANGES,
  MAX_PROFILED_BINS,
  MAX_PROFILED_SETS,
  NEVER_EXPIRES,
  Profile,
  type SetProfile,
} from './select/profile.ts';
export { parseDigest, parseKey } from './select/record-names.ts';
export { type SelectionOptions, Selector } from './select/selector.ts';
export { compileWhere, type Where, type WhereOptions } from './select/where.ts';
export type { WhereRecord } from './select/where-record.ts';
export { MAX_SORT_MEMORY, MIN_SORT_MEMORY } from './sort/digest-sort.ts';
export { alignedFrames } from './stages/aligned-frames.ts';
export { type CatInfo, type CatStage, cat } from './stages/cat.ts';
export {
  type CompressInfo,
  type CompressOptions,
  type CompressStage,
  compress,
} from './stages/compress.ts';
export { type DecompressInfo, type DecompressStage, decompress } from './stages/decompress.ts';
export { decrypt } from './stages/decrypt.ts';
export { download } from './stages/download.ts';
export { encrypt } from './stages/encrypt.ts';
export { encrypted } from './stages/encrypted.ts';
export type { FileInfo, WholeFile } from './stages/file-series.ts';
export { type FilterInfo, type FilterOptions, type FilterStage, filter } from './stages/filter.ts';
export {
  type FromClientInfo,
  type FromClientOptions,
  type FromClientStage,
  fromClient,
} from './stages/from-client.ts';
export { type FromNdjson, type FromNdjsonOptions, fromNdjson } from './stages/from-ndjson.ts';
export { type LoadInfo, type LoadOptions, type LoadStage, load } from './stages/load.ts';
export type { OneFileStage } from './stages/one-file.ts';
export {
  type Gap,
  type ParserInfo,
  type ParserOptions,
  type ParseStage,
  parse,
} from './stages/parse.ts';
export { type RotateInfo, type RotateOptions, type RotateStage, rotate } from './stages/rotate.ts';
export { type ScanOptions, type ScanStage, scan } from './stages/scan.ts';
export { type SerializeStage, serialize } from './stages/serialize.ts';
export {
  type ToClientInfo,
  type ToClientOptions,
  type ToClientStage,
  toClient,
} from './stages/to-client.ts';
export { type CsvWriterInfo, type CsvWriterOptions, type ToCsv, toCsv } from './stages/to-csv.ts';
export { type ToNdjson, type ToNdjsonOptions, toNdjson } from './stages/to-ndjson.ts';
export { Uncut } from './stages/uncut.ts';
export { type UnitsInfo, type UnitsStage, units } from './stages/units.ts';
export { type UnpackOptions, type UnpackStage, unpack } from './stages/unpack.ts';
export { type UploadOptions, type UploadStage, upload } from './stages/upload.ts';
export { type CommandStorageOptions, commandStorage } from './storage/command.ts';
export { directory } from './storage/directory.ts';
export {
  backupFiles,
  fileAt,
  type HomeOptions,
  homeAt,
  joinLocation,
  type SharedHomeOptions,
} from './storage/homes.ts';
export type { S3Checksum, S3Credentials, S3Options } from './storage/s3/options.ts';
export { type S3ObjectPlace, type S3Place, s3, s3Object } from './storage/s3/s3.ts';
export type { Sharing } from './storage/sharing.ts';
export { singleFile } from './storage/single-file.ts';
export type { Home, KeptFile, Storage, StorageFile } from './storage/storage.ts';
export type { StoredFile } from './storage/stored-file.ts';
export { type Address, parseAddresses } from './wire/address.ts';
export { Cluster, type ClusterOptions } from './wire/cluster.ts';
export { type ConnectionOptions, connectTo } from './wire/connect.ts';
export type { GlobalCounts } from './wire/globals/global-writer.ts';
export { type RateLimits, sharedLimit } from './wire/limiter.ts';
export type { ClusterNode } from './wire/node.ts';
export type { PartitionMap } from './wire/partition-map.ts';
export type { Expression } from './wire/scan/filter-expression.ts';
export type { HolderBitmaps } from './wire/scan/holders.ts';
export {
  type PartitionFilter,
  parseAfterDigest,
  parsePartitionList,
} from './wire/scan/partition-filter.ts';
export type { ScanInfo } from './wire/scan/partition-scan.ts';
export type { NodePlace } from './wire/scan/scan-nodes.ts';
export type { TlsFacts } from './wire/security/credentials.ts';
export type { Login } from './wire/security/login.ts';
export type { TlsClient } from './wire/security/tls-client.ts';
export type { TlsOptions } from './wire/security/tls-options.ts';
export type { LocalTime } from './wire/write/node-clocks.ts';
export {
  RecordWriter,
  type RecordWriterOptions,
  type WriteInfo,
} from './wire/write/record-writer.ts';
export { DEFAULT_ASYNC_BATCHES } from './wire/write/writer-options.ts';
export type { DecoderOptions } from './zstd/decoder.ts';
