import t from 'tap';
import { hashPassword } from '../../../lib/wire/security/password-hash.ts';

t.test('the hash that servers keep', async (t) => {
  // From libxcrypt, another implementation.
  const rows: readonly (readonly [string, string])[] = [
    ['', '$2a$10$7EqJtq98hPqEX7fNZaFWoOLCkFexA7A9eoJ0Ew.mTDdk.E60D.9zS'],
    ['admin', '$2a$10$7EqJtq98hPqEX7fNZaFWoO1mVO/4MLpGzsqojz6E9Gef6iXDjXdDa'],
    ['pässwörd', '$2a$10$7EqJtq98hPqEX7fNZaFWoOteZHET5XbgArChDJutG6xOnAY19WzN.'],
  ];
  for (const [password, hash] of rows) t.equal(await hashPassword(password), hash, password);
});
