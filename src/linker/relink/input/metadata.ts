import { readUint, toHex } from '../../../core/bytes.ts';
import { isRiscboxError, type RiscboxError } from '../../../core/error.ts';
import type { Width } from '../../../core/kind.ts';
import type { Problems } from '../../../core/problems.ts';
import { DataSection } from '../graph/data-section.ts';
import { Import } from '../graph/import.ts';
import type { Where } from '../location.ts';
import { fail } from './errors.ts';
import { CodeSection, type ExportRecord, type Place, type PlacedReference } from './link-input.ts';

const MAX_INPUTS = 9;
const MAX_OUTPUTS = 2;
/** Bytes of a name; our own bound, which keeps records that share bytes from costing more than the file. */
const MAX_SYMBOL = 1024;

/** What a metadata record declares. */
interface Prototype {
  readonly symbol: Uint8Array;
  readonly inputs: number;
  readonly outputs: number;
  readonly index: number | undefined;
}

/** The records that PolkaVM's macros leave in a file: imports, and exports. */
export class Records {
  readonly #pointerSize: 4 | 8;
  readonly #references: ReadonlyMap<DataSection, readonly PlacedReference[]>;
  readonly #problems: Problems;
  readonly #describe: (section: CodeSection | DataSection, offset: number) => Where;
  /** By section and offset of the record. */
  readonly #imports = new Map<DataSection, Map<number, Import>>();
  readonly #bySymbol = new Map<string, Import>();

  constructor(
    width: Width,
    references: ReadonlyMap<DataSection, readonly PlacedReference[]>,
    problems: Problems,
    describe: (section: CodeSection | DataSection, offset: number) => Where,
  ) {
    this.#pointerSize = width === 64 ? 8 : 4;
    this.#references = references;
    this.#problems = problems;
    this.#describe = describe;
  }

  /**
   * The import that the record at a place declares.
   * @throws RiscboxError `link/metadata`
   */
  importAt({ section, offset }: Place): Import {
    const known = section instanceof DataSection ? this.#imports.get(section)?.get(offset) : undefined;
    if (known !== undefined) return known;
    const prototype = this.#prototype({ section, offset });
    const declared = this.#declare(prototype);
    const sectionImports = this.#imports.get(section as DataSection) ?? new Map<number, Import>();
    this.#imports.set(section as DataSection, sectionImports.set(offset, declared));
    return declared;
  }

  /** The exports that a `.polkavm_exports` section declares; what is wrong with them is added to the problems. */
  exportsOf(section: DataSection): readonly ExportRecord[] {
    const size = 1 + 2 * this.#pointerSize;
    const found: ExportRecord[] = [];
    for (let offset = 0; offset < section.size; offset += size) {
      const version = section.bytes[offset];
      const problem =
        offset + size > section.size
          ? 'ends early'
          : version !== 1
            ? `has version ${version}, which is not known (1 is)`
            : undefined;
      if (problem !== undefined) {
        // Where the next one begins is not known either.
        this.#problems.add(this.#exportError(section, offset, problem));
        break;
      }
      try {
        found.push(this.#export(section, offset));
      } catch (error) {
        if (!isRiscboxError(error)) throw error;
        this.#problems.add(error);
      }
    }
    return found;
  }

  #export(section: DataSection, offset: number): ExportRecord {
    const metadata = this.#pointerAt(section, offset + 1);
    const place = this.#pointerAt(section, offset + 1 + this.#pointerSize);
    if (metadata === undefined) throw this.#exportError(section, offset, 'has no relocation to its metadata');
    if (place === undefined) throw this.#exportError(section, offset, 'has no relocation to its function');
    if (!(place.section instanceof CodeSection) || !isInside(place)) {
      throw this.#exportError(section, offset, `does not lead to code but to ${place.section.name}`);
    }
    const { symbol, inputs, outputs } = this.#prototype(metadata);
    return { symbol, place, inputs, outputs };
  }

  #prototype(place: Place): Prototype {
    const { section, offset } = place;
    const error = (problem: string) =>
      fail('link/metadata', { place: this.#describe(section, offset), problem });
    if (!(section instanceof DataSection)) throw error('is among code');
    const { bytes } = section;
    const pointer = this.#pointerSize;
    const counts = offset + 9 + pointer;
    if (offset < 0 || counts + 2 > bytes.length) throw error('ends early');
    const version = bytes[offset]!;
    if (version !== 1 && version !== 2)
      throw error(`has version ${version}, which is not known (1 and 2 are)`);
    const flags = readUint(bytes, offset + 1, 4);
    if (flags !== 0) throw error(`has flags 0x${flags.toString(16)}, of which none is known`);
    const inputs = bytes[counts]!;
    const outputs = bytes[counts + 1]!;
    if (inputs > MAX_INPUTS) throw error(`has ${inputs} input registers, at most ${MAX_INPUTS} are possible`);
    if (outputs > MAX_OUTPUTS)
      throw error(`has ${outputs} output registers, at most ${MAX_OUTPUTS} are possible`);
    const text = this.#pointerAt(section, offset + 9);
    if (text === undefined) throw error('has no relocation to its symbol');
    const length = readUint(bytes, offset + 5, 4);
    if (length > MAX_SYMBOL)
      throw error(`has a symbol of ${length} bytes, at most ${MAX_SYMBOL} are possible`);
    const end = text.offset + length;
    if (!(text.section instanceof DataSection) || text.offset < 0 || end > text.section.bytes.length) {
      throw error(`has a symbol of ${length} bytes outside section ${text.section.name}`);
    }
    let index: number | undefined;
    if (version === 2) {
      if (counts + 7 > bytes.length) throw error('ends early');
      if (bytes[counts + 2] !== 0) index = readUint(bytes, counts + 3, 4);
    }
    return { symbol: text.section.bytes.subarray(text.offset, end), inputs, outputs, index };
  }

  /** Sources that are compiled apart repeat declarations; equal ones are one import. */
  #declare({ symbol, inputs, outputs, index }: Prototype): Import {
    const declared = new Import(symbol, 'call', inputs, outputs, index);
    const key = toHex(symbol);
    const before = this.#bySymbol.get(key);
    if (before === undefined) {
      this.#bySymbol.set(key, declared);
      return declared;
    }
    const isSame = before.inputs === inputs && before.outputs === outputs && before.index === index;
    if (isSame) return before;
    const name = new TextDecoder().decode(symbol);
    this.#problems.add(
      fail('link/import-conflict', { symbol: name, first: signature(before), second: signature(declared) }),
    );
    return before;
  }

  /** The place that a pointer of a record refers to: its value is of no account. */
  #pointerAt(section: DataSection, offset: number): Place | undefined {
    const references = this.#references.get(section) ?? [];
    let low = 0;
    let high = references.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (references[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    const found = references[low];
    if (found === undefined || found.offset !== offset) return undefined;
    return found.size === this.#pointerSize && found.minus === undefined ? found.to : undefined;
  }

  #exportError(section: DataSection, offset: number, problem: string): RiscboxError {
    return fail('link/export', { place: this.#describe(section, offset), problem });
  }
}

const signature = ({ inputs, outputs, index }: Import): string =>
  `${inputs} inputs, ${outputs} outputs${index === undefined ? '' : `, index ${index}`}`;

const isInside = ({ section, offset }: Place): boolean =>
  offset >= 0 && offset < (section as CodeSection).bytes.length && offset % 2 === 0;
