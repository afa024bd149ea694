import t from 'tap';
import type { UdfModule } from '../../../lib/record/globals.ts';
import {
  checkUdf,
  getUdfCommand,
  isSameUdf,
  putUdfCommand,
  udfRefusal,
} from '../../../lib/wire/globals/udf-commands.ts';

const module = (name = 'a b.lua', content = '-- a;b\n'): UdfModule => ({
  kind: 'udf',
  name,
  language: 'LUA',
  content: Buffer.from(content),
});

t.equal(
  putUdfCommand(module()),
  'udf-put:filename=a b.lua;content-len=12;udf-type=LUA;content=LS0gYTtiCg==',
);
t.equal(getUdfCommand(module()), 'udf-get:filename=a b.lua');

for (const name of ['a;b.lua', 'a\nb.lua', 'a\0.lua', '../a.lua']) {
  t.throws(() => checkUdf(module(name)), { code: 'FORMAT' }, JSON.stringify(name));
}
t.doesNotThrow(() => checkUdf(module('a:b=c,d\t.lua')));

t.equal(isSameUdf('type=LUA;content=LS0gYTtiCg==;', module()), true);
t.equal(isSameUdf('type=LUA;content=LS0K;', module()), false);
t.equal(isSameUdf('error=not_found', module()), false);
t.equal(isSameUdf('error=not_found', module('e.lua', '')), false);

t.equal(udfRefusal('error=timeout'), 'error=timeout');
t.equal(
  udfRefusal('error=compile_error;file=bad.lua;line=1;message=dW5leHBlY3RlZCBzeW1ib2w='),
  'compile_error in line 1: unexpected symbol',
);
