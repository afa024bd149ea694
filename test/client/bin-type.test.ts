import t from 'tap';
import { BLOB_TYPES, particleTypeOf } from '../../lib/client/bin-type.ts';
import { PARTICLE_NAMES, ParticleType } from '../../lib/record/particle.ts';

t.test('the words are those of NDJSON', async (t) => {
  const words = ['integer', 'double', 'string', 'geojson', 'list', 'map', ...BLOB_TYPES] as const;
  for (const word of words) {
    t.equal(word && PARTICLE_NAMES.get(particleTypeOf(word)), word);
  }
  const { BOOLEAN, NULL } = ParticleType; // which the client tells
  t.equal(words.length, PARTICLE_NAMES.size - [BOOLEAN, NULL].length);
});
