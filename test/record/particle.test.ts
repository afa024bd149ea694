import t from 'tap';
import { geoJsonTextOffset, PARTICLE_NAMES, ParticleType } from '../../lib/record/particle.ts';

t.test('every particle type has a name, and no two the same', async (t) => {
  for (const type of Object.values(ParticleType)) t.ok(PARTICLE_NAMES.has(type), String(type));
  t.equal(new Set(PARTICLE_NAMES.values()).size, Object.values(ParticleType).length);
});

t.test('geoJsonTextOffset passes over the cells', async (t) => {
  t.equal(geoJsonTextOffset(Uint8Array.of(0, 0, 0), 0), 3);
  t.equal(geoJsonTextOffset(Uint8Array.of(9, 0, 1, 2), 1), 3 + 8 * 0x102);
});
