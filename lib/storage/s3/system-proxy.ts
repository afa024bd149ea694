import { AsbError } from '../../errors.ts';

/** Where Node's agents look for proxies. */
const NAMES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'] as const;

/**
 * Looks at the proxies that an environment names. Node's agents ignore one that is no URL of HTTP,
 * as `host:port` alone, and go past it; and where they do complain, they quote its password.
 *
 * @throws AsbError `USAGE` for one that is no URL of a proxy
 */
export const checkSystemProxy = (env: NodeJS.ProcessEnv): void => {
  for (const name of NAMES) {
    if (isProxy(env[name] ?? '')) continue;
    const expected = 'http://host:port';
    throw new AsbError('USAGE', `${name} is not the URL of a proxy; expected ${expected}`, {
      expected,
    });
  }
};

const isProxy = (value: string): boolean => {
  if (value === '') return true;
  const url = URL.parse(value);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return false;
  return isEncoded(url.username) && isEncoded(url.password);
};

/** Whether percent signs stand where they may: agents take names and passwords out of it. */
const isEncoded = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};
