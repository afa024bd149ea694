import type { Readable } from 'node:stream';
import type { Upload } from '@aws-sdk/lib-storage';
import { AsbError, messageOf } from '../../errors.ts';
import { abortUpload, abortUploads, removeObject } from './clearing.ts';
import type { S3Connection, S3Service } from './connection.ts';
import { listUploads } from './listing.ts';
import { type ObjectFacts, ObjectSums, type ServerSums } from './object-sums.ts';
import { PartMemory } from './part-memory.ts';
import type { PartPlan } from './part-size.ts';
import { s3UrlOf } from './url.ts';
import { bodyOf, type Watch, watchedClient } from './watched-client.ts';

/** Which object is made, and of what parts. */
export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
  readonly plan: PartPlan;
  /** Called when a part, whose number from 1 it is told, is on its way. */
  readonly onPart: (number: number) => void;
}

/** What is read of the answers of all kinds of requests. */
interface Answer extends ServerSums {
  readonly $metadata: { readonly attempts?: number | undefined };
  readonly UploadId?: string | undefined;
  readonly ChecksumType?: string | undefined;
}

/**
 * One object on its way to a bucket: in parts, or with one request if it is smaller than a part. The
 * SDK's `Upload` cuts and sends; here each of its answers is compared with what was sent, and what
 * it leaves behind when something fails is cleared up.
 */
export class ObjectUpload {
  readonly sums: ObjectSums;
  readonly #connection: S3Connection;
  readonly #target: ObjectTarget;
  readonly #location: string;
  readonly #requests = new AbortController();
  readonly #memory: PartMemory;
  #body: Readable | undefined;
  #uploadId: string | undefined;
  /** A request to begin an upload was sent twice, or failed: there may be an upload that we don't know. */
  #mayBeDoubled = false;
  /** The server keeps one checksum of all bytes, and not a checksum of the parts' checksums. */
  #sumsAll = false;
  #completing = false;
  /** An object of ours is there; not, whether it is what it should be. */
  #stored = false;
  #whole = false;

  constructor(connection: S3Connection, target: ObjectTarget) {
    this.#connection = connection;
    this.#target = target;
    this.#location = s3UrlOf(target.bucket, target.key);
    this.sums = new ObjectSums(connection.options.checksum ?? 'crc32');
    this.#memory = new PartMemory(target.plan);
  }

  /** Whether the object is there, and is what was sent. */
  get whole(): boolean {
    return this.#whole;
  }

  /**
   * Sends all that `body` gives; resolves when the object is there and was compared.
   * @throws AsbError `STORAGE` if the server has something else; what the SDK throws
   */
  async run(body: Readable): Promise<void> {
    this.#body = body;
    const service = await this.#connection.service();
    const upload = await this.#uploadOf(service, body);
    try {
      const { ETag } = await upload.done();
      this.#stored = true;
      await this.#compare(service, ETag);
    } catch (error) {
      if (!(await this.#completedAnyway(service, error))) throw error;
    }
    this.#whole = true;
    if (this.#mayBeDoubled) await this.#tell(this.#abortDoubles());
  }

  /** Ends what is under way, and soon: {@link run} rejects. */
  stop(): void {
    this.#requests.abort();
    this.#body?.destroy(new AsbError('ABORTED', `upload of ${this.#location} stopped`));
  }

  /**
   * Removes what an upload that failed has left, after {@link run} has ended. Never throws: what
   * cannot be removed is told (`onNotice`).
   */
  async undo(): Promise<void> {
    const { bucket, key } = this.#target;
    const uploadId = this.#uploadId;
    if (uploadId !== undefined) {
      await this.#tell(abortUpload(this.#connection, bucket, { key, uploadId }));
    }
    if (this.#mayBeDoubled) await this.#tell(this.#abortDoubles());
    if (this.#stored) await this.#tell(removeObject(this.#connection, bucket, key));
  }

  async #uploadOf({ client, sdk }: S3Service, body: Readable): Promise<Upload> {
    const { Upload } = await import('@aws-sdk/lib-storage');
    const { bucket, key, plan } = this.#target;
    const {
      checksum = 'crc32',
      storageClass,
      serverSideEncryption,
      kmsKeyId,
    } = this.#connection.options;
    const { CRC32, SHA256 } = sdk.ChecksumAlgorithm;
    return new Upload({
      client: watchedClient(client, this.#watch({ client, sdk })),
      partSize: plan.partSize,
      queueSize: plan.uploads,
      // Its own way to abort sends one request, and does not look whether that was enough.
      leavePartsOnError: true,
      params: {
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: 'application/octet-stream',
        // One CRC32 over all bytes, which a download can be held against; SHA256 has none such.
        ...(checksum === 'crc32' ? { ChecksumAlgorithm: CRC32, ChecksumType: 'FULL_OBJECT' } : {}),
        ...(checksum === 'sha256' ? { ChecksumAlgorithm: SHA256 } : {}),
        ...(storageClass === undefined ? {} : { StorageClass: storageClass }),
        ...(serverSideEncryption === undefined
          ? {}
          : { ServerSideEncryption: serverSideEncryption }),
        ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }),
      },
    });
  }

  /** What stands between `Upload` and the client. */
  #watch({ client, sdk }: S3Service): Watch {
    return async (command) => {
      const send = (abortSignal?: AbortSignal) =>
        client.send(command, abortSignal && { abortSignal });
      if (command instanceof sdk.CompleteMultipartUploadCommand) {
        this.#completing = true;
        // Then the server compares, too, before anybody sees the object.
        if (this.#sumsAll && this.sums.crc32 !== undefined) {
          command.input.ChecksumCRC32 = this.sums.crc32;
        }
        return await send();
      }
      try {
        if (command instanceof sdk.CreateMultipartUploadCommand) {
          // Not to be stopped: whoever begins an upload must get to know which one to abort.
          this.#mayBeDoubled = true;
          const answer = await send();
          this.#begun(answer);
          return answer;
        }
        if (command instanceof sdk.UploadPartCommand) {
          const { PartNumber: number = 0 } = command.input;
          const part = this.#memory.keep(number, bodyOf(command));
          this.#target.onPart(number);
          command.input.Body = part.bytes;
          const arrival = send(this.#requests.signal).then((answer) => {
            this.#comparePart(number, part.bytes, answer);
            return answer;
          });
          return await arrival.finally(() => part.release());
        }
        const answer = await send(this.#requests.signal);
        this.#stored = true;
        this.#comparePart(1, bodyOf(command), answer);
        return answer;
      } catch (error) {
        // `Upload` would go on with all other parts, to the end of the body, before it tells of it.
        this.stop();
        throw error;
      }
    };
  }

  #begun(answer: Answer): void {
    const { UploadId, ChecksumType, $metadata } = answer;
    this.#uploadId = UploadId;
    this.#sumsAll = ChecksumType === 'FULL_OBJECT';
    this.#mayBeDoubled = $metadata.attempts !== 1;
    // Now, and not only when all of it is there for everybody to read.
    this.#checkEncryption(answer);
  }

  #comparePart(number: number, body: Uint8Array, answer: Answer): void {
    if (this.sums.comparePart(number, body, answer) !== 'different') return;
    throw this.#changed(`part ${number}`);
  }

  /**
   * Compares the object with what was sent, by its size and the best sum that the server has.
   * @param etag of the answer that said that it is stored; empty or left out by some servers
   */
  async #compare(service: S3Service, etag: string | undefined): Promise<void> {
    const said = await this.#look(service);
    const isOther = etag !== undefined && plain(etag) !== '' && plain(etag) !== plain(said.ETag);
    if (isOther || this.sums.compareObject(said, this.#uploadId !== undefined) === 'different') {
      throw this.#changed(`${said.ContentLength} bytes instead of ${this.sums.bytes}, or others`);
    }
    this.#checkEncryption(said);
  }

  /**
   * Whether an object is complete although the answer that says so was lost. Only a sum over all
   * bytes proves it: an older object of the same size may be there.
   */
  async #completedAnyway(service: S3Service, error: unknown): Promise<boolean> {
    if (!this.#completing || this.#stored) return false;
    const said = await this.#look(service).catch(() => {
      // What went wrong first tells more.
      throw error;
    });
    return this.sums.compareObject(said, true) === 'same';
  }

  #look({ client, sdk }: S3Service): Promise<ObjectFacts> {
    const { bucket, key } = this.#target;
    return client.send(
      new sdk.HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
    );
  }

  #checkEncryption({ ServerSideEncryption: confirmed }: ServerSums): void {
    const { serverSideEncryption: wanted } = this.#connection.options;
    if (wanted === undefined || wanted === confirmed) return;
    throw new AsbError(
      'STORAGE',
      `the server did not confirm that it encrypts ${this.#location}: asked for ${wanted}, it says ` +
        `${confirmed ?? 'nothing'}; nothing is left there`,
      { file: this.#location, expected: wanted },
    );
  }

  async #abortDoubles(): Promise<void> {
    const { bucket, key } = this.#target;
    await abortUploads(this.#connection, bucket, this.#doubles(bucket, key));
  }

  async *#doubles(bucket: string, key: string) {
    for await (const upload of listUploads(this.#connection, bucket, key)) {
      if (upload.key === key && upload.uploadId !== this.#uploadId) yield upload;
    }
  }

  async #tell(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#connection.options.onNotice?.(`something may be left in S3: ${messageOf(error)}`);
    }
  }

  #changed(what: string): AsbError {
    return new AsbError(
      'STORAGE',
      `${this.#location} is not what was sent: ${what} arrived changed`,
      {
        file: this.#location,
      },
    );
  }
}

/** An ETag without its quotes, which some servers leave out at times. */
const plain = (etag: string | undefined): string | undefined => etag?.replaceAll('"', '');
