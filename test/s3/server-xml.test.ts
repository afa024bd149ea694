import fc from 'fast-check';
import t from 'tap';
import { S3Failure } from '../helpers/s3/failure.ts';
import { childText, escapeXml, parseXml, xmlDocument, xmlError } from '../helpers/s3/xml.ts';

const parse = (text: string) => parseXml(Buffer.from(text), 'a');

t.test('what is written can be read', async (t) => {
  const text = fc.string({ unit: fc.constantFrom(...'&<>"\'\n\r\t \u0001aü😀;#x') });
  fc.assert(
    fc.property(text, (value) => {
      const inner = parse(xmlDocument('a', { b: value }));
      return childText(inner, 'b') === value;
    }),
  );
  t.equal(escapeXml('<&>"\u0001'), '&lt;&amp;&gt;&quot;&#1;');
  const content = { b: [1, 2], c: undefined, d: { e: true }, f: [{ g: 'x' }, { g: 'y' }] };
  const inner = '<b>1</b><b>2</b><d><e>true</e></d><f><g>x</g></f><f><g>y</g></f>';
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  t.equal(
    xmlDocument('a', content),
    `${declaration}<a xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</a>`,
  );
  t.equal(xmlError(content), `${declaration}<Error>${inner}</Error>`);
});

t.test('what is read', async (t) => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['<a><b>x</b></a>', 'x'],
    ['<?xml version="1.0"?>\n<a xmlns="u">\n <b>&#38;&#x26;&quot;&apos;</b> </a>\n', '&&"\''],
    ['\ufeff<a><b/></a>', ''],
    ['<a><b>1</b><b>2</b></a>', '1'],
    ['<a/>', undefined],
  ];
  for (const [text, expected] of rows) t.equal(childText(parse(text), 'b'), expected, text);
});

t.test('what is not', async (t) => {
  const rows = [
    '',
    'text',
    '<b></b>',
    '<a>',
    '<a></b>',
    '</a>',
    '<a></a></a>',
    '<a></a><a></a>',
    '<a></a>x',
    '<a><b></a></b>',
    '<a>&unknown;</a>',
    '<a>&amp</a>',
    '<a>& </a>',
    '<a>&#0;</a>',
    '<a>&#x110000;</a>',
    '<a><![CDATA[x]]></a>',
    '<a><!-- x --></a>',
    '<a <b></b></a>',
  ];
  for (const text of rows) {
    t.throws(() => parse(text), { constructor: S3Failure, code: 'MalformedXML' }, text);
  }
});
