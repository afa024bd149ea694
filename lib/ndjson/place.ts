import { AsbError, type ErrorCode, type ErrorFacts } from '../errors.ts';
import type { Json } from './json.ts';

/** Characters of a wrong value that a message shows. */
const SHOWN = 60;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Where a reader stands: file, line, and the path to a value in it as jq writes it. */
export class Place {
  readonly #file: string | undefined;
  /** From 1. */
  line = 0;
  /** Names and indexes down to the value; whoever goes down pushes, and pops on the way up. */
  readonly path: (string | number)[] = [];

  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** Line and, if it is known, file. */
  get facts(): ErrorFacts {
    return { ...(this.#file !== undefined && { file: this.#file }), line: this.line };
  }

  /** The error for a value that stands here and is not what it must be. */
  wrong(value: Json | undefined, expected: string, code: ErrorCode = 'FORMAT'): AsbError {
    const path = this.path.map(step).join('');
    return this.error(code, `${path === '' ? '' : `${path}: `}${shown(value)}`, expected);
  }

  /** An error about this line. */
  error(code: ErrorCode, fact: string, expected: string, cause?: unknown): AsbError {
    const file = this.#file === undefined ? '' : `${this.#file}: `;
    return new AsbError(code, `${file}line ${this.line}: ${fact}; expected ${expected}`, {
      ...this.facts,
      expected,
      ...(cause !== undefined && { cause }),
    });
  }
}

const step = (name: string | number): string => {
  if (typeof name === 'number') return `[${name}]`;
  return IDENTIFIER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
};

const shown = (value: Json | undefined): string => {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
};
