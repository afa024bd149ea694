import { AsbError } from '../../errors.ts';
import { isS3Url } from '../../storage/s3/url.ts';
import { namesOf, type Option } from '../option.ts';

/** Where a profile goes: to standard error as a table, and to a file if there is one. */
export interface ProfilePlace {
  readonly file?: { readonly path: string; readonly form: 'json' | 'html' };
}

const expected = 'a file .json or .html, behind an =, or nothing';

export const profile: Option<ProfilePlace | undefined> = {
  name: 'profile',
  alias: [],
  group: 'Log:',
  takesValue: true,
  valueIsOptional: true,
  valueNeedsEquals: true,
  shown: 'FILE',
  describe:
    'Tell what each stage did, for how long it worked, waited and was held back, and which one limits: a table at ' +
    'the end, and on a terminal while it runs; =FILE.json or =FILE.html writes it over time, too',
  read(given) {
    if (given === undefined) return undefined;
    if (given === '') return {};
    const form = /\.(json|html)$/.exec(given)?.[1];
    if ((form === 'json' || form === 'html') && !isS3Url(given)) {
      return { file: { path: given, form } };
    }
    throw new AsbError('USAGE', `${namesOf(profile)} takes ${expected}, not "${given}"`, {
      expected,
    });
  },
};
