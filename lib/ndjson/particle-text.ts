import { giveBack } from '../memory/buffer-pool.ts';
import { bufferOf } from '../record/layout.ts';
import { JsonOutput } from './json-output.ts';
import { ParticleToJson } from './particle-to-json.ts';

/** Writes single particles as JSON values (docs/ndjson.md), for who shows them. */
export class ParticleText {
  readonly #out = new JsonOutput({ reuseMemory: true });
  readonly #particle = new ParticleToJson(this.#out);

  /** The value of a bin or of a user key. */
  of({ type, bytes }: { readonly type: number; readonly bytes: Uint8Array }): string {
    const buffer = bufferOf(bytes);
    this.#particle.write(buffer, type, 0, buffer.length);
    this.#out.endLine();
    const pieces = this.#out.take();
    const text = Buffer.concat(pieces).toString();
    for (const piece of pieces) giveBack(piece);
    return text;
  }
}
