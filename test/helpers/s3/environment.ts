/** The environment of this process, as what speaks S3 sees it. */
import type { Test } from 'tap';

/** Where the SDK and Node's agents look. */
const CONCERNED = /^(?:AWS_.*|(?:https?|no|all)_proxy)$/i;

/**
 * Sets what concerns S3 and proxies to nothing but `values` until the test ends. Credentials are looked
 * for in the environment, and in a home of the test's own; not in the network.
 */
export const useEnvironment = (
  t: Pick<Test, 'teardown'>,
  values: Readonly<Record<string, string>>,
): void => {
  const changed = Object.keys(process.env).filter((name) => CONCERNED.test(name));
  const before = new Map(
    [...changed, ...Object.keys(values)].map((name) => [name, process.env[name]]),
  );
  before.set('AWS_EC2_METADATA_DISABLED', process.env.AWS_EC2_METADATA_DISABLED);
  t.teardown(() => {
    for (const [name, value] of before) set(name, value);
  });
  for (const name of changed) set(name, undefined);
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', ...values });
};

const set = (name: string, value: string | undefined): void => {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
};
