import t from 'tap';
import { BackupLedger, manifestFileOf } from '../../lib/jobs/backup-ledger.ts';
import { parseState } from '../../lib/jobs/backup-state.ts';
import { parseManifest } from '../../lib/jobs/manifest.ts';
import { Coverage } from '../../lib/record/coverage.ts';
import { Extent } from '../../lib/record/extent.ts';
import type { Document } from '../../lib/storage/documents.ts';

const SHA256 = 'ab'.repeat(32);

/** A document in memory; writing fails while `full`. */
class MemoryDocument implements Document {
  readonly location: string;
  text: string | undefined;
  full = false;

  constructor(location: string) {
    this.location = location;
  }

  async read() {
    return this.text;
  }

  async write(text: string) {
    if (this.full) throw new Error(`${this.location} is full`);
    this.text = text;
  }

  async remove() {
    if (this.full) throw new Error(`${this.location} is full`);
    this.text = undefined;
  }
}

const coverageOf = (partition: number, records: number): Coverage => {
  const extent = new Extent();
  for (let index = 0; index < records; index++) {
    const digest = Buffer.alloc(20, index);
    digest.writeUInt16LE(partition);
    extent.record(digest, 0);
  }
  extent.settle();
  const coverage = new Coverage();
  coverage.add(extent);
  return coverage;
};

const safe = {
  tool: 'asb-streams 1',
  namespace: 'test',
  options: {},
  begun: new Date(0),
  replaces: false,
  files: [],
  coverage: new Coverage(),
  holders: new Map(),
};
const setUp = (changes: { readonly bare?: boolean } = {}) => {
  const [state, manifest] = [new MemoryDocument('state'), new MemoryDocument('manifest')];
  const notices: string[] = [];
  const documents = changes.bare ? { state: undefined, manifest: undefined } : { state, manifest };
  const onNotice = (notice: string) => notices.push(notice);
  const ledger = new BackupLedger({ safe, ...documents, holders: () => new Map(), onNotice });
  return { ledger, state, manifest, notices };
};
const fileOf = (name: string, coverage: Coverage) =>
  manifestFileOf({ name, bytes: 100, coverage }, SHA256);

t.test('files, one after the other', async (t) => {
  const { ledger, state, manifest } = setUp();
  await ledger.begin();
  t.match(parseManifest(manifest.text!, 'm'), { complete: false, files: [] });
  t.notOk(ledger.hasProgress);
  for (const [index, partition] of [7, 9].entries()) {
    const coverage = coverageOf(partition, 3);
    await ledger.addFile(fileOf(`${index}.asb`, coverage), coverage);
    const read = parseState(state.text!, 's');
    t.match(read.coverage, { records: 3 * (index + 1) });
    t.equal(read.files.length, index + 1);
  }
  t.ok(ledger.hasProgress);
  await ledger.finish();
  t.equal(state.text, undefined);
  t.match(parseManifest(manifest.text!, 'm'), {
    complete: true,
    files: [{ partitions: '7' }, { partitions: '9' }],
  });
});

t.test('of two that begin at the same moment, one fails', async (t) => {
  const { ledger, state, manifest } = setUp();
  const other = new BackupLedger({ safe, state, manifest });
  await ledger.begin();
  await other.begin();
  await other.fail();
  t.strictSame([state.text, manifest.text], [undefined, undefined]);
  const coverage = coverageOf(7, 3);
  await ledger.addFile(fileOf('0.asb', coverage), coverage);
  t.equal(parseState(state.text!, 's').files.length, 1);
  t.match(parseManifest(manifest.text!, 'm'), { complete: false, files: [{ name: '0.asb' }] });
});

t.test('one file, that becomes safe bit by bit', async (t) => {
  const { ledger, state, manifest } = setUp();
  await ledger.begin();
  await ledger.reach(50, SHA256, coverageOf(1, 2));
  t.match(parseState(state.text!, 's').part, { bytes: 50, sha256: SHA256, records: 2 });
  await ledger.reach(80, undefined, coverageOf(1, 4));
  t.strictSame(parseState(state.text!, 's').part, { bytes: 80, records: 4, indexes: 0, udfs: 0 });
  ledger.setFile('f.asb', 90, SHA256, coverageOf(1, 5));
  await ledger.finish();
  t.match(parseManifest(manifest.text!, 'm'), {
    files: [{ name: 'f.asb', bytes: 90, records: 5 }],
  });
});

t.test('what a failure leaves', async (t) => {
  const nothing = setUp();
  t.equal(await nothing.ledger.fail(), undefined, 'not begun');
  await nothing.ledger.begin();
  t.equal(await nothing.ledger.fail(), undefined, 'begun, and nothing is safe');
  t.equal(nothing.state.text, undefined);
  t.equal(nothing.manifest.text, undefined);

  const some = setUp();
  await some.ledger.begin();
  await some.ledger.addFile(fileOf('a.asb', coverageOf(1, 1)), coverageOf(1, 1));
  t.equal(await some.ledger.fail(), 'state');
  t.match(parseManifest(some.manifest.text!, 'm'), { complete: false, files: [{ name: 'a.asb' }] });
  some.manifest.full = true;
  t.equal(await some.ledger.fail(), 'state', 'the state of the last file holds');
  t.strictSame(some.notices, ['manifest is full']);

  const full = setUp();
  await full.ledger.begin();
  full.state.full = true;
  t.equal(await full.ledger.fail(), undefined);
  t.strictSame(full.notices, ['state is full']);
});

t.test('of a stream that nobody can go on with', async (t) => {
  const { ledger } = setUp({ bare: true });
  t.equal(ledger.location, undefined);
  await ledger.begin();
  await ledger.reach(1, undefined, coverageOf(1, 1));
  await ledger.forget();
  t.equal(await ledger.fail(), undefined);
  await ledger.finish();
});

t.test('what was safe once and is written behind', async (t) => {
  const { ledger, state } = setUp();
  await ledger.begin();
  await ledger.forget();
  t.equal(state.text, undefined);
});

t.test('who wants no words gets none, and a ledger without a scan knows no nodes', async (t) => {
  const document = new MemoryDocument('state');
  const ledger = new BackupLedger({ safe, state: document, manifest: document });
  await ledger.begin();
  t.equal(ledger.files.length, 0);
  document.full = true;
  t.equal(await ledger.fail(), undefined);
});
