import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { atNode, isNetwork } from '../../lib/wire/node-error.ts';

t.test('what is of the network', async (t) => {
  t.equal(isNetwork(new AsbError('NETWORK', 'lost')), true);
  t.equal(isNetwork(new AsbError('PROTOCOL', 'nonsense')), false);
  t.equal(isNetwork(new Error('NETWORK')), false);
});

t.test('a failure names its node, once', async (t) => {
  const cause = new Error('below');
  const named = atNode(new AsbError('PROTOCOL', 'nonsense', { offset: 7, cause }), 'a:1');
  t.match(named, {
    code: 'PROTOCOL',
    message: 'a:1: nonsense',
    facts: { node: 'a:1', offset: 7, cause },
    cause,
  });
  t.equal(atNode(named, 'b:1'), named);
  const other = new Error('of our own');
  t.equal(atNode(other, 'a:1'), other);
  t.match(atNode('thrown', 'a:1'), { message: 'thrown' });
});
