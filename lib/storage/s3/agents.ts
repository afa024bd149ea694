import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** What opens connections to S3 services, and keeps those that may be used again. */
export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** Where Node's agents look for proxies, when they are made. */
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

const shared = new Map<string, Agents>();

/**
 * The agents that the S3 clients of this process share, made when they are first needed.
 *
 * A connection that was used stays open until the service closes it, and not every service does. If
 * each client had its own, every job in a long-lived process would leave some behind.
 *
 * @param systemProxy whether the proxies count that the environment names now
 */
export const sharedAgents = (systemProxy: boolean): Agents => {
  const { env } = process;
  const key = systemProxy ? JSON.stringify(PROXY_VARIABLES.map((name) => env[name])) : '';
  const known = shared.get(key);
  if (known !== undefined) return known;
  const options = {
    keepAlive: true,
    // How many requests fly is bounded by those who send them; one that had to wait for a socket
    // would count as a connection that does not stand in time.
    maxSockets: Number.POSITIVE_INFINITY,
    ...(systemProxy ? { proxyEnv: env } : {}),
  };
  const agents = { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
  shared.set(key, agents);
  return agents;
};
