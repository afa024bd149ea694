import { type S3ObjectPlace, s3Object } from '../storage/s3/s3.ts';
import { type OneFileStage, oneFile } from './one-file.ts';

export interface UploadOptions extends S3ObjectPlace {
  /** Lets the object take the place of an older one, instead of refusing. Default false. */
  readonly removeFiles?: boolean;
}

/** An `upload` stage: bytes go in. */
export type UploadStage = OneFileStage;

/**
 * Bytes in, one object in S3 out, in the parts of a multipart upload, of which several are on their
 * way at once. What the bytes are does not matter; none make an empty object.
 *
 *     await pipeline(source, upload({ bucket: 'vault', key: 'monday.asb' }));
 *
 * `finish` means that the object is there as a whole, and that its size and checksum were compared.
 * Until then an older one stays. `destroy` leaves no part behind, and `close` says that it has; a
 * `destroy` that comes while the object is completed may be too late, and then it is whole.
 *
 * The stream fails with AsbError `EXISTS` for an object or an unfinished upload that is there
 * already, unless `removeFiles` is set; `LIMIT` if it gets larger than its parts allow
 * (`largestFile`, `minPartSize`); `STORAGE` for what the service refuses.
 *
 * @throws AsbError `USAGE` for a key that is none, `RANGE` for options that no transfer can work with
 */
export const upload = ({ removeFiles = false, ...place }: UploadOptions): UploadStage => {
  const object = s3Object(place);
  // What is in the way is told at once.
  const prepare = () => object.prepare({ removeFiles });
  return oneFile({ prepare, open: () => object.create(object.name) });
};
