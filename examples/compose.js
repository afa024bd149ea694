// A pipeline of your own: the records of a set that pass a test go to a compressed backup. Any
// function over chunks is a stage, and the stages have counters.
//
//     node compose.js 10.0.0.1 test people out
//
// It is a backup like any other: asb verify out, asb restore -d out, asrestore -d out.
import { pipeline } from 'node:stream/promises';
import { compress, directory, rotate, scan, serialize } from 'asb-streams';

const [seeds, namespace, set, target] = process.argv.slice(2);
if (!seeds || !namespace || !set || !target) {
  throw new Error('usage: node compose.js HOST NAMESPACE SET DIRECTORY');
}

const source = scan({ seeds, namespace, sets: [set] });

/** A batch is bytes and a table of offsets: to filter it is to make a new table. */
async function* adults(chunks) {
  for await (const chunk of chunks) {
    yield chunk.kind === 'records'
      ? chunk.filter((record) => Number(record.bins.get('born')?.value) < 2008)
      : chunk; // a secondary index or a UDF module
  }
}

const text = serialize({ namespace });
const timer = setInterval(() => console.error(source.info), 1000);
try {
  await pipeline(
    source,
    adults,
    text,
    compress({ level: 3 }),
    rotate({ storage: directory(target), name: set, fileLimit: 250 * 1024 * 1024 }),
  );
  console.log(`${text.info.records} of ${source.info.records} records are in ${target}`);
} catch (error) {
  // Errors have a code for programs, and a message that says what to do.
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  clearInterval(timer);
}
