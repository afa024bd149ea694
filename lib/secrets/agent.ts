/** A client of Aerospike's Secret Agent, which keeps passwords and keys out of files and of `ps`. */
import { once } from 'node:events';
import { isIP, connect as plainConnect, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { checkServerIdentity, type SecureContext, connect as tlsConnect } from 'node:tls';
import { AsbError, codeOf } from '../errors.ts';
import { type AgentAddress, formatAgentAddress, parseAgentAddress } from './agent-address.ts';
import { type AgentTlsOptions, readAgentContext } from './agent-tls.ts';
import {
  decodeSecret,
  encodeSecretRequest,
  type SecretEncoding,
  SecretReplyReader,
} from './protocol.ts';
import { parseSecretReference } from './reference.ts';

/** Default for a secret to be there, in ms; asbackup's. */
export const DEFAULT_AGENT_TIMEOUT = 1000;

export interface SecretAgentOptions {
  /** `host[:port]`, an IPv6 host in brackets, or the path of a Unix socket. Default 127.0.0.1. */
  readonly address?: string | undefined;
  /** Port of an address that names none. Default 3005. */
  readonly port?: number | undefined;
  /** How long a secret may take, from connecting to the last byte, in ms. Default 1000. */
  readonly timeout?: number | undefined;
  /** Speak TLS; plain connections if left out. */
  readonly tls?: AgentTlsOptions | undefined;
  /** What the agent's texts are. Default `base64`. */
  readonly encoding?: SecretEncoding | undefined;
}

export class SecretAgent {
  readonly #address: AgentAddress;
  readonly #name: string;
  readonly #timeout: number;
  readonly #tls: AgentTlsOptions | undefined;
  /** What the agent's certificate must be for. */
  readonly #tlsName: string;
  readonly #encoding: SecretEncoding;
  #context: SecureContext | undefined;

  /** @throws AsbError `USAGE` for an address that is none, and for TLS over a Unix socket */
  constructor(options: SecretAgentOptions = {}) {
    const { address, port, timeout, tls, encoding } = options;
    this.#address = parseAgentAddress(address, port);
    this.#name = formatAgentAddress(this.#address);
    this.#timeout = timeout ?? DEFAULT_AGENT_TIMEOUT;
    this.#tls = tls;
    this.#tlsName = tls?.name ?? ('host' in this.#address ? this.#address.host : '');
    if (tls !== undefined && 'path' in this.#address) {
      throw new AsbError('USAGE', `TLS is for TCP, and ${this.#name} is a Unix socket`);
    }
    this.#encoding = encoding ?? 'base64';
  }

  /**
   * Asks for a secret, on a connection of its own.
   *
   * @param reference `secrets:RESOURCE:KEY` or `secrets:KEY`
   * @param signal ends the wait, with its reason
   * @throws AsbError `USAGE` for a reference that is none; `KEY` for files of TLS; `CONNECT` if the
   *   agent can't be reached, `NETWORK` if it does not answer; `PROTOCOL`, `LIMIT` or `FORMAT` for
   *   what is no secret; `SERVER` for what the agent says of it. No message shows any of a secret.
   */
  async fetch(reference: string, signal?: AbortSignal): Promise<string> {
    const request = encodeSecretRequest(parseSecretReference(reference));
    try {
      if (this.#tls !== undefined) this.#context ??= await readAgentContext(this.#tls);
      return decodeSecret(await this.#exchange(request, signal), this.#encoding);
    } catch (error) {
      signal?.throwIfAborted();
      const { code, message, facts } = error instanceof AsbError ? error : lost(error);
      const where = `${reference}, from the Secret Agent at ${this.#name}`;
      throw new AsbError(code, `${where}: ${message}`, { ...facts, node: this.#name });
    }
  }

  async #exchange(request: Buffer, signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted();
    const socket = this.#open();
    socket.on('error', () => {}); // told by whatever is awaited
    if (signal !== undefined) addAbortSignal(signal, socket);
    const timer = setTimeout(() => socket.destroy(tooLate(this.#timeout)), this.#timeout);
    try {
      await this.#connected(socket);
      socket.write(request);
      return await replyOf(socket);
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  }

  /** Nothing is written before: TLS would send it to an agent that has not proved who it is. */
  async #connected(socket: Socket): Promise<void> {
    try {
      await once(socket, this.#tls === undefined ? 'connect' : 'secureConnect');
    } catch (error) {
      throw error instanceof AsbError ? error : this.#unreachable(error);
    }
  }

  #open(): Socket {
    const name = this.#tlsName;
    if (this.#context === undefined) return plainConnect(this.#address);
    return tlsConnect({
      ...this.#address,
      secureContext: this.#context,
      servername: isIP(name) === 0 ? name : '', // SNI has no addresses
      checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    });
  }

  #unreachable(cause: unknown): AsbError {
    const hint =
      this.#tls === undefined
        ? '--sa-address and --sa-port say where it is'
        : 'see --sa-address, --sa-port, --sa-cafile and --sa-tls-name';
    return new AsbError('CONNECT', `it cannot be reached (${codeOf(cause)}); ${hint}`, { cause });
  }
}

const replyOf = async (socket: Socket): Promise<string> => {
  const reader = new SecretReplyReader();
  for await (const chunk of socket) {
    const text = reader.push(chunk);
    if (text !== undefined) return text;
  }
  throw new AsbError('NETWORK', 'it closed the connection before its reply was whole');
};

const tooLate = (timeout: number): AsbError =>
  new AsbError('NETWORK', `no reply within ${timeout} ms; --sa-timeout says how long to wait`, {
    expected: `a reply within ${timeout} ms`,
  });

const lost = (cause: unknown): AsbError =>
  new AsbError('NETWORK', `the connection broke (${codeOf(cause)})`, { cause });
