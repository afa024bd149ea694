import t from 'tap';
import { ThreadTime } from '../../lib/meter/thread-time.ts';

t.test('time counts once, however deep stages run within one another', async (t) => {
  const thread = new ThreadTime();
  t.equal(thread.at(5), 0);
  thread.enter(10);
  t.equal(thread.at(12), 2);
  thread.enter(13);
  thread.leave(15);
  t.equal(thread.at(16), 6);
  thread.leave(20);
  t.equal(thread.at(30), 10);
  thread.enter(40);
  thread.leave(41);
  t.equal(thread.at(50), 11);
});
