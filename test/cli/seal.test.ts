import t from 'tap';
import { sealWith } from '../../lib/cli/seal.ts';
import { decrypt } from '../../lib/stages/decrypt.ts';
import { TEXT } from '../helpers/asb-text.ts';
import { RAW_KEY } from '../helpers/keys.ts';
import { inChunks, through } from '../helpers/streams.ts';

t.test('what is sealed can be decrypted', async (t) => {
  const encryption = { mode: 'aes256', key: RAW_KEY } as const;
  const seal = await sealWith(encryption);
  const sealed = Array.from(inChunks(TEXT, 100), seal);
  t.ok(Buffer.concat(await through(sealed, decrypt(encryption))).equals(TEXT));
});
