/** Values that only say which secret they are: the Secret Agent is asked for them. */
import { AsbError } from '../../errors.ts';
import { isSecretReference } from '../../secrets/reference.ts';
import { Given, type Origin } from '../given.ts';
import { namesOf, type Option } from '../option.ts';
import { configOptions } from '../options/config.ts';
import { secretAgentOf, secretAgentOptions } from '../options/secret-agent.ts';

/** What says where the agent and the files are cannot come from there. */
const OWN: ReadonlySet<string> = new Set(
  [...configOptions, ...secretAgentOptions].map(({ name }) => name),
);

/**
 * Puts secrets in the place of what names them, in `values`, and notes it in `origins`. Each is asked for
 * once, one after the other.
 *
 * @throws AsbError `USAGE` for a secret that the option does not take, and what `SecretAgent` throws
 */
export const fillSecrets = async (
  options: readonly Option<unknown>[],
  values: Map<string, string>,
  origins: Map<string, Origin>,
  signal?: AbortSignal,
): Promise<void> => {
  const named = options.flatMap((option) => {
    const reference = OWN.has(option.name) ? undefined : values.get(option.name);
    const isNamed = reference !== undefined && isSecretReference(reference);
    return isNamed ? [{ option, reference }] : [];
  });
  if (named.length === 0) return;
  const agent = await secretAgentOf(new Given(values, [], origins));
  const fetched = new Map<string, string>();
  for (const { option, reference } of named) {
    const text = fetched.get(reference) ?? (await agent.fetch(reference, signal));
    fetched.set(reference, text);
    origins.set(option.name, { ...origins.get(option.name), secret: reference });
    const word = wordOf(option, reference, text);
    if (word === false) values.delete(option.name);
    else values.set(option.name, word);
  }
};

const PEM = '-----BEGIN ';

const wordOf = (option: Option<unknown>, reference: string, text: string): string | false => {
  const isPem = text.includes(PEM);
  if (option.takesValue) {
    // A text of a key in the place of a file's name would get into messages.
    if (isPem === (option.isPemFile === true)) return text;
  } else if (text === 'true') {
    return '';
  } else if (text === 'false') {
    return false;
  }
  const expected = expectedOf(option);
  throw new AsbError('USAGE', `${namesOf(option)} takes ${expected}, which ${reference} is not`, {
    expected,
  });
};

const expectedOf = ({ takesValue, isPemFile }: Option<unknown>): string => {
  if (!takesValue) return 'true or false';
  return isPemFile === true ? 'a text in PEM form' : 'no text in PEM form';
};
