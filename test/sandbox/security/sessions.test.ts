import t from 'tap';
import { Result } from '../../../lib/sandbox/result.ts';
import { MAX_SESSIONS, Sessions } from '../../../lib/sandbox/security/sessions.ts';
import { User } from '../../../lib/sandbox/security/users.ts';

const user = new User({ name: 'one', roles: [] });
const clock = { time: 0, now: () => clock.time, sleep: async () => {} };

t.test('a token stands for its time', async (t) => {
  const sessions = new Sessions(clock, 5500);
  const { token, ttlSeconds } = sessions.open(user);
  t.equal(ttlSeconds, 5);
  t.equal(sessions.userOf(token), user);
  clock.time += 5499;
  t.equal(sessions.userOf(token), user);
  clock.time += 1;
  t.equal(sessions.userOf(token), Result.EXPIRED_SESSION);
  t.equal(sessions.userOf(sessions.open(user).token), user, 'and the next');
});

t.test('tokens that nobody gave out', async (t) => {
  const sessions = new Sessions(clock, 1000);
  const other = new Sessions(clock, 1000).open(user).token;
  for (const token of [Buffer.alloc(0), Buffer.alloc(64), other]) {
    t.equal(sessions.userOf(token), Result.INVALID_CREDENTIAL);
  }
});

t.test('the oldest make room', async (t) => {
  const sessions = new Sessions(clock, 1000);
  const tokens = Array.from({ length: MAX_SESSIONS + 1 }, () => sessions.open(user).token);
  t.equal(sessions.userOf(tokens[0] ?? Buffer.alloc(0)), Result.INVALID_CREDENTIAL);
  t.equal(sessions.userOf(tokens[1] ?? Buffer.alloc(0)), user);
});

t.test('times that are none', async (t) => {
  for (const ttl of [0, 999, -1, Number.NaN, 2 ** 32 * 1000]) {
    t.throws(() => new Sessions(clock, ttl), { code: 'USAGE' });
  }
});
