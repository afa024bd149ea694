import type {
  $Command,
  S3Client,
  S3ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-s3';

/** A request that one of the SDK's helpers makes. */
export type S3Command<
  Input extends ServiceInputTypes,
  Output extends ServiceOutputTypes,
> = $Command<Input, Output, S3ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>;

/** Stands between a helper and its client; sends the command itself, or something else instead. */
export type Watch = <Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  command: S3Command<Input, Output>,
) => Promise<Output>;

/** The same client for somebody whose requests are to be seen, and its answers, one by one. */
export const watchedClient = (client: S3Client, watch: Watch): S3Client =>
  new Proxy(client, {
    get: (target, property) => (property === 'send' ? watch : Reflect.get(target, property)),
  });

/** The bytes that a request carries, as `Upload` makes them of a stream; none if it carries none. */
export const bodyOf = ({ input }: { readonly input: object }): Uint8Array =>
  'Body' in input && input.Body instanceof Uint8Array ? input.Body : new Uint8Array();
