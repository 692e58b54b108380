import type { Blob, RiscvSegment } from '../blob/blob.ts';
import { makeBlob } from '../blob/make.ts';
import { writeBlob } from '../blob/write.ts';
import { BlockStarts } from './block-starts.ts';
import { type Elf, elfOf } from './elf.ts';
import { EM_RISCV, ET_DYN, ET_EXEC, ET_REL, PT_GNU_STACK } from './elf-format.ts';
import { fail } from './errors.ts';
import { type CodeSymbol, codeSymbols, FunctionIndex } from './functions.ts';
import { loadSegments, profileSegments, programHeadersInMemory, withoutTrailingZeros } from './segments.ts';
import { loadBase, relocate } from './static-pie.ts';
import { type UnsupportedInstruction, unsupportedInstruction } from './unsupported-code.ts';

export interface LinkOptions {
  /**
   * Functions that hosts can call by name, from the symbol table; a stripped file has none.
   * - `public`: global functions except those whose name begins with an underscore, which C reserves for the
   *   implementation (libc internals, `__udivdi3`) and C++ and Rust use for mangled names;
   * - `all`: every global function;
   * - `none`;
   * - a list of names: exactly these, of functions or assembly labels, global or not.
   *
   * Default: `none` for a program, since the names of its C library would be a good part of the blob; `public` for
   * a file without an entry point or without `_start` and `main`.
   */
  readonly exports?: 'public' | 'all' | 'none' | readonly string[];
  /** Keep the names of all functions, for listings, traces and profiles. Default false. */
  readonly symbols?: boolean;
  /** Stack size in bytes; default: what the file asks for (`-z stack-size`), else 0, which leaves it to the host. */
  readonly stackSize?: number;
  /**
   * `refuse` (default) programs that need floating-point or vector instructions; or let such an instruction
   * `trap` when it executes, for programs known not to get there.
   */
  readonly floatingPoint?: 'refuse' | 'trap';
}

/**
 * Lowers a static RISC-V executable to a blob of the RISC-V profile: its loadable bytes at their addresses,
 * unchanged, and the block starts that metering needs. No relocations are needed, and stripping the file changes
 * nothing but names. Apart from relocated static PIEs, segment data are views into `elf`.
 *
 * @throws RiscboxError `elf/…` when the file is broken, `linker/…` when it is not a static executable for RISC-V
 */
export const linkToBlob = (elf: Uint8Array | Elf, options: LinkOptions = {}): Blob => {
  const file = elfOf(elf);
  checkFileType(file);
  const { width } = file.header;
  const { embedded } = file.flags;
  const base = loadBase(file);
  const loaded = relocate(file, loadSegments(file, base), base);
  const segments = profileSegments(file, loaded, base);
  if (!segments.some(({ executable }) => executable)) throw fail('linker/no-code', {});

  const symbols = codeSymbols(file, segments, base);
  const exports = chooseExports(symbols, options.exports ?? (isProgram(file, symbols) ? 'none' : 'public'));
  const entry = checkEntry(file.header.entry, base, segments, exports.length > 0);
  const starts = new BlockStarts(segments, entry, width, embedded ? 16 : 32);
  if (options.floatingPoint !== 'trap') refuseUnsupported(file, starts, new FunctionIndex(symbols));

  return makeBlob({
    kind: width === 32 ? 'rv32' : 'rv64',
    stackSize: options.stackSize ?? statedStackSize(file),
    exports: exports.map(({ address, name }) => ({ offset: address, symbol: name })),
    riscv: {
      embedded,
      entry,
      segments: segments.map(withoutTrailingZeros),
      extraStarts: starts.extra,
      programHeaders: programHeadersInMemory(file, loaded, segments),
      symbols: options.symbols ? symbols.filter(({ isFunction }) => isFunction) : [],
    },
  });
};

/**
 * The bytes of `linkToBlob`.
 * @throws RiscboxError as `linkToBlob`
 */
export const link = (elf: Uint8Array | Elf, options: LinkOptions = {}): Uint8Array =>
  writeBlob(linkToBlob(elf, options));

const checkFileType = ({ header: { machine, type } }: Elf): void => {
  if (machine !== EM_RISCV) throw fail('linker/machine', { machine });
  if (type === ET_REL) throw fail('linker/relocatable', {});
  if (type !== ET_EXEC && type !== ET_DYN) throw fail('linker/file-type', { type });
};

/** The guest address of the entry point; 0 for a file that has only exports. */
const checkEntry = (
  stated: number,
  base: number,
  segments: readonly RiscvSegment[],
  hasExports: boolean,
): number => {
  const entry = stated + base;
  const inCode = segments.some(
    (s) => s.executable && entry >= s.address && entry + 2 <= s.address + s.memorySize,
  );
  if (inCode && entry % 2 === 0) return entry;
  // Linkers write 0 when no start symbol was found, which is right for a library of functions.
  if (stated === 0 && hasExports) return 0;
  throw fail('linker/entry', { entry, problem: inCode ? 'is odd' : 'is in no executable segment' });
};

const statedStackSize = (elf: Elf): number => {
  const size = elf.programHeaders.find(({ type }) => type === PT_GNU_STACK)?.memorySize ?? 0;
  return size < 2 ** 32 ? size : 0;
};

/** GNU ld makes the beginning of the code the entry point of a file that has no start symbol. */
const isProgram = (elf: Elf, symbols: readonly CodeSymbol[]): boolean =>
  elf.header.entry !== 0 &&
  (symbols.length === 0 || symbols.some(({ name }) => name === '_start' || name === 'main'));

const chooseExports = (
  symbols: readonly CodeSymbol[],
  choice: NonNullable<LinkOptions['exports']>,
): readonly CodeSymbol[] => {
  if (choice === 'none') return [];
  if (typeof choice !== 'string') return choice.map((name) => findExport(symbols, name));
  const functions = symbols.filter(({ isFunction, isGlobal }) => isFunction && isGlobal);
  const chosen = choice === 'all' ? functions : functions.filter(({ name }) => !name.startsWith('_'));
  return [...new Map(chosen.map((symbol) => [symbol.name, symbol])).values()];
};

const findExport = (symbols: readonly CodeSymbol[], name: string): CodeSymbol => {
  const named = symbols.filter((symbol) => symbol.name === name);
  const found = named.find(({ isGlobal }) => isGlobal) ?? named[0];
  if (found !== undefined) return found;
  const problem =
    symbols.length === 0 ? 'the file has no function symbols' : 'no symbol of that name is in code';
  throw fail('linker/no-export', { name, problem });
};

/** Refuses programs whose ABI or whose code needs registers that do not exist here. */
const refuseUnsupported = (elf: Elf, starts: BlockStarts, functions: FunctionIndex): void => {
  const found = findUnsupported(elf, starts, functions);
  const { floatAbi } = elf.flags;
  if (floatAbi !== 'soft') {
    const where = found && { instruction: found.mnemonic, place: functions.describe(found.address) };
    throw fail('linker/float-abi', { abi: floatAbi, ...where });
  }
  if (found === undefined) return;
  const { mnemonic: instruction, extension, address } = found;
  throw fail('linker/extension', { instruction, extension, address, place: functions.describe(address) });
};

/**
 * The first floating-point or vector instruction that is code for certain: reached from the entry without indirect
 * jumps, or in a function that the symbol table names. Anything else might be data.
 */
const findUnsupported = (
  elf: Elf,
  starts: BlockStarts,
  functions: FunctionIndex,
): (UnsupportedInstruction & { address: number }) | undefined => {
  for (const { address, word, certain } of starts.invalid()) {
    const instruction = unsupportedInstruction(word, elf.header.width);
    if (instruction && (certain || functions.at(address))) return { ...instruction, address };
  }
  return undefined;
};
