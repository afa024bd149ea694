/** The salt that all clients and servers use: a hash stands for its password everywhere. */
const SALT = '$2a$10$7EqJtq98hPqEX7fNZaFWoO';

/**
 * The credential that stands for a password in a login: its bcrypt hash, 60 characters. Slow on
 * purpose, some 100 ms; so ask once, and only if there is a password: the library is loaded here.
 * Bytes behind the 72nd do not count.
 */
export const hashPassword = async (password: string): Promise<string> => {
  const { hash } = await import('bcryptjs');
  return hash(password, SALT);
};
