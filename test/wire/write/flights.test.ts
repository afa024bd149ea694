import t from 'tap';
import { Flights } from '../../../lib/wire/write/flights.ts';

t.test('until one has come back, one goes at a time', async (t) => {
  const flights = new Flights();
  const log: string[] = [];
  const fly = async (name: string): Promise<void> => {
    log.push(`${name} is number ${await flights.begin()}`);
  };
  await fly('first');
  const others = Promise.all([fly('second'), fly('third')]);
  await new Promise(setImmediate);
  t.strictSame(log, ['first is number 1']);
  flights.end(false);
  await new Promise(setImmediate);
  t.strictSame(log.slice(1), ['second is number 1'], 'one that was lost tells nothing');
  flights.end(true);
  await others;
  await fly('fourth');
  t.strictSame(log.slice(2), ['third is number 1', 'fourth is number 2']);
});
