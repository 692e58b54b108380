import type { ProgramExport } from '../decoder/program.ts';
import type { Entry } from './calls.ts';
import { fail } from './errors.ts';

/** Where the functions of a program begin that hosts can call. */
export class ExportTable {
  readonly #exports: readonly ProgramExport[];
  readonly #pcs: ReadonlyMap<string, number>;

  constructor(exports: readonly ProgramExport[]) {
    this.#exports = exports;
    // The first of several exports of one name counts, so it is set last.
    this.#pcs = new Map(exports.map(({ name, pc }): [string, number] => [name, pc]).reverse());
  }

  /** Program counter of an export's name or of a number. Throws call/unknown-export, call/entry. */
  entryPoint(entry: Entry): number {
    if (typeof entry === 'number') {
      if (entry === entry >>> 0) return entry;
      throw fail('call/entry', { entry });
    }
    const pc = this.#pcs.get(entry);
    if (pc === undefined) {
      throw fail('call/unknown-export', {
        name: String(entry),
        exports: this.#exports.map(({ name }) => name),
      });
    }
    return pc;
  }
}
