import type { RiscvSegment } from '../blob/blob.ts';
import { isRiscboxError } from '../core/error.ts';
import { rangeAt } from './address-ranges.ts';
import type { Elf } from './elf.ts';
import {
  SHN_UNDEF,
  STB_GLOBAL,
  STB_WEAK,
  STT_FUNC,
  STT_NOTYPE,
  STV_DEFAULT,
  STV_PROTECTED,
} from './elf-format.ts';
import type { ElfSymbol } from './elf-symbols.ts';

/** A named place in an executable segment. */
export interface CodeSymbol {
  readonly name: string;
  readonly address: number;
  /** In bytes; 0 when unknown. */
  readonly size: number;
  /** STT_FUNC, as compilers mark functions; assembly labels often are not. */
  readonly isFunction: boolean;
  /** Visible outside the object file it came from. */
  readonly isGlobal: boolean;
}

/**
 * The symbols that lie in executable segments, in file order. None when the file was stripped; none also when its
 * section or symbol table is broken, since a program runs without them.
 */
export const codeSymbols = (
  elf: Elf,
  segments: readonly RiscvSegment[],
  base: number,
): readonly CodeSymbol[] => {
  const executable = segments.filter((segment) => segment.executable);
  const inCode = (address: number): boolean => {
    const segment = rangeAt(executable, address);
    return segment !== undefined && address % 2 === 0 && address < segment.address + segment.data.length;
  };
  try {
    return [...(elf.symbols ?? [])]
      .filter(isNamedPlace)
      .map((symbol) => {
        const address = Number(symbol.value) + base;
        const size = address + symbol.size <= 2 ** 32 ? symbol.size : 0;
        const isFunction = symbol.type === STT_FUNC;
        return { name: symbol.name, address, size, isFunction, isGlobal: isGlobal(symbol) };
      })
      .filter(({ address }) => inCode(address));
  } catch (error) {
    if (isRiscboxError(error)) return [];
    throw error;
  }
};

/** Names that start with `$` are the assembler's mapping symbols and `.L` its local labels, not places. */
const isNamedPlace = ({ name, type, section }: ElfSymbol): boolean =>
  section !== SHN_UNDEF &&
  (type === STT_FUNC || type === STT_NOTYPE) &&
  name !== '' &&
  !/^(\$|\.L)/.test(name);

const isGlobal = ({ binding, visibility }: ElfSymbol): boolean =>
  (binding === STB_GLOBAL || binding === STB_WEAK) &&
  (visibility === STV_DEFAULT || visibility === STV_PROTECTED);

/** Functions by address. */
export class FunctionIndex {
  readonly #functions: readonly CodeSymbol[];

  constructor(symbols: readonly CodeSymbol[]) {
    this.#functions = symbols.filter((s) => s.isFunction && s.size > 0).sort((a, b) => a.address - b.address);
  }

  /** The function whose stated extent holds an address. */
  at(address: number): CodeSymbol | undefined {
    const found = rangeAt(this.#functions, address);
    return found !== undefined && address < found.address + found.size ? found : undefined;
  }

  /** Where an address is, for people: `main+0x12 (0x10032)`, or the address alone. */
  describe(address: number): string {
    const at = `0x${address.toString(16)}`;
    const holder = this.at(address);
    if (holder === undefined) return at;
    const offset = address - holder.address;
    return `${holder.name}${offset === 0 ? '' : `+0x${offset.toString(16)}`} (${at})`;
  }
}
