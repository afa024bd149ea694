/** TLS to the Secret Agent. */
import { createSecureContext, type SecureContext } from 'node:tls';
import { readBounded } from '../bounded-file.ts';
import { AsbError, codeOf } from '../errors.ts';

/** Largest PEM file that is read, in bytes. */
export const MAX_AGENT_PEM_SIZE = 4 * 1024 * 1024;

/** Whom to trust, and who we are. */
export interface AgentTlsOptions {
  /** PEM file with the CAs of which one must have signed the agent's certificate. */
  readonly cafile: string;
  /** Name that the certificate must be for. Default: the host. */
  readonly name?: string | undefined;
  /** PEM files with a certificate for us, and its private key; both or none. */
  readonly certfile?: string | undefined;
  readonly keyfile?: string | undefined;
}

/**
 * Reads the files.
 * @throws AsbError `KEY`, with the file, if one can't be read, or does not hold what it should
 */
export const readAgentContext = async (options: AgentTlsOptions): Promise<SecureContext> => {
  const { cafile, certfile, keyfile } = options;
  const ca = await readFile(cafile, '--sa-cafile');
  // OpenSSL would not complain, and trust nobody.
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw holdsNone(cafile);
  const cert = certfile === undefined ? undefined : await readFile(certfile, '--sa-cert-file');
  const key = keyfile === undefined ? undefined : await readFile(keyfile, '--sa-key-file');
  try {
    return createSecureContext({ ca, cert, key });
  } catch (cause) {
    const what = '--sa-cert-file and --sa-key-file do not hold a certificate and its private key';
    throw new AsbError('KEY', `${what} (${codeOf(cause)})`, { cause });
  }
};

const holdsNone = (file: string): AsbError =>
  new AsbError('KEY', `--sa-cafile: ${file} holds no certificate`, {
    file,
    expected: 'a certificate in PEM form',
  });

const readFile = async (file: string, option: string): Promise<string> => {
  const bytes = await readBounded(file, MAX_AGENT_PEM_SIZE).catch((cause: unknown) => {
    throw new AsbError('KEY', `${option}: cannot read ${file} (${codeOf(cause)})`, { file, cause });
  });
  if (bytes !== undefined) return bytes.toString('latin1');
  throw new AsbError('KEY', `${option}: ${file} has more than ${MAX_AGENT_PEM_SIZE} bytes`, {
    file,
  });
};
