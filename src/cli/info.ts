import type { Blob } from '../blob/blob.ts';
import { uniqueHash } from '../blob/hash.ts';
import { toHex } from '../core/bytes.ts';
import { isRiscboxError } from '../core/error.ts';
import { type Kind, widthOf } from '../core/kind.ts';
import { printable } from '../decoder/listing.ts';
import { type Program, programFrom } from '../decoder/program.ts';
import type { Elf } from '../linker/elf.ts';
import { type Command, defineCommand, operandsOf } from './command.ts';
import { Lines, writeJson } from './io.ts';
import { grouped, hex } from './numbers.ts';
import { type ProgramFile, programOptions, readProgram } from './program-file.ts';

interface Part {
  readonly name: string;
  readonly bytes: number;
}

interface SegmentInfo {
  readonly address: number;
  readonly bytes: number;
  readonly memory: number;
  readonly access: string;
}

interface ElfInfo {
  readonly class: number;
  readonly type: number;
  readonly flags: object;
  readonly architecture: string | null;
  readonly sections: readonly { name: string; address: number; bytes: number }[];
  readonly symbols: number;
}

/** What `info --json` prints. */
interface Info {
  readonly file: string;
  readonly bytes: number;
  readonly format: 'elf' | Blob['container'];
  readonly kind: Kind;
  readonly width: number;
  /** 16 registers. */
  readonly embedded?: boolean;
  readonly entry?: number;
  readonly hash: string;
  readonly stackSize: number;
  readonly instructions: number | null;
  readonly blocks: number | null;
  /** Why the program could not be run, if so. */
  readonly problem?: string;
  readonly sections: readonly Part[];
  readonly segments?: readonly SegmentInfo[];
  readonly imports: readonly { number: number; name: string | null }[];
  readonly exports: readonly { name: string; pc: number }[];
  readonly elf?: ElfInfo;
}

const decoder = new TextDecoder();

/** The parts of a program and their sizes in bytes; empty ones are left out. */
const partsOf = (blob: Blob): Part[] => {
  const { riscv, debug, spi } = blob;
  const sizes: Readonly<Record<string, number>> = {
    segments: riscv?.segments.reduce((sum, { data }) => sum + data.length, 0) ?? 0,
    'read-only data': blob.roData.length,
    'read-write data': blob.rwData.length,
    imports: blob.imports.offsets.length + blob.imports.symbols.length,
    exports: blob.exports.bytes.length,
    'jump table': blob.jumpTable.bytes.length,
    code: blob.code.length,
    bitmask: blob.bitmask.length,
    'debug strings': debug.strings.length,
    'debug line programs': debug.linePrograms.length,
    'debug line ranges': debug.lineRanges.length,
    symbols: riscv?.symbols?.bytes.length ?? 0,
    metadata: spi?.metadata?.length ?? 0,
    'unknown sections': blob.unknown.bytes.length,
  };
  return Object.entries(sizes).flatMap(([name, bytes]) => (bytes > 0 ? [{ name, bytes }] : []));
};

const countBlocks = ({ code }: Program): number => {
  let count = 0;
  for (let pc = code.nextBlock(0); pc !== undefined; pc = code.nextBlock(pc + 1)) count++;
  return count;
};

const codeOf = (blob: Blob): Pick<Info, 'instructions' | 'blocks' | 'problem'> => {
  try {
    const program = programFrom(blob);
    // The place behind the end of each piece of code has a number, too.
    const ends = blob.riscv?.segments.filter(({ executable }) => executable).length ?? 1;
    return { instructions: program.code.count - ends, blocks: countBlocks(program) };
  } catch (error) {
    if (!isRiscboxError(error)) throw error;
    return { instructions: null, blocks: null, problem: error.message };
  }
};

const elfInfo = (elf: Elf): ElfInfo => {
  const tolerant = <T>(get: () => T, otherwise: T): T => {
    try {
      return get();
    } catch (error) {
      // A program runs without its sections and symbols, so their being broken is no error here either.
      if (isRiscboxError(error)) return otherwise;
      throw error;
    }
  };
  return {
    class: elf.header.width,
    type: elf.header.type,
    flags: elf.flags,
    architecture: tolerant(() => elf.attributes?.arch ?? null, null),
    sections: tolerant(
      () =>
        elf.sections
          .filter(({ type }) => type !== 0)
          .map(({ name, address, size }) => ({ name, address, bytes: size })),
      [],
    ),
    symbols: tolerant(() => elf.symbols?.count ?? 0, 0),
  };
};

const infoOf = (file: string, { bytes, blob, elf }: ProgramFile): Info => ({
  file,
  bytes: bytes.length,
  format: elf === undefined ? blob.container : 'elf',
  kind: blob.kind,
  width: widthOf(blob.kind),
  ...(blob.riscv && { embedded: blob.riscv.embedded, entry: blob.riscv.entry }),
  hash: toHex(uniqueHash(blob)),
  stackSize: blob.stackSize,
  ...codeOf(blob),
  sections: partsOf(blob),
  ...(blob.riscv && {
    segments: blob.riscv.segments.map(
      ({ address, data, memorySize, readable, writable, executable }): SegmentInfo => ({
        address,
        bytes: data.length,
        memory: memorySize,
        access: (readable ? 'r' : '-') + (writable ? 'w' : '-') + (executable ? 'x' : '-'),
      }),
    ),
  }),
  imports: Array.from({ length: blob.imports.count }, (_, number) => {
    const symbol = blob.imports.symbol(number);
    return { number, name: symbol === undefined ? null : decoder.decode(symbol) };
  }),
  exports: [...blob.exports].map(({ symbol, offset }) => ({ name: decoder.decode(symbol), pc: offset })),
  ...(elf && { elf: elfInfo(elf) }),
});

const FORMATS: Readonly<Record<Info['format'], string>> = {
  elf: 'ELF executable',
  polkavm: 'PolkaVM blob',
  riscv: 'RISC-V profile blob',
  'jam-raw': 'bare JAM program',
  'jam-spi': 'JAM standard program',
};

const NAME_COLUMNS = 16;

const printInfo = (info: Info, lines: Lines): void => {
  const row = (name: string, value: string): void => lines.line(name.padEnd(NAME_COLUMNS) + printable(value));
  row('file', `${info.file} (${grouped(info.bytes)} bytes)`);
  row('format', FORMATS[info.format] + (info.elf?.architecture ? `, ${info.elf.architecture}` : ''));
  row('kind', `${info.kind}, ${info.width}-bit registers${info.embedded === true ? ' (16)' : ''}`);
  row('hash', info.hash);
  if (info.entry !== undefined) row('entry', info.entry === 0 ? 'none' : hex(info.entry));
  row('stack', info.stackSize === 0 ? 'left to the host' : `${grouped(info.stackSize)} bytes`);
  if (info.problem === undefined) {
    row('code', `${grouped(info.instructions ?? 0)} instructions in ${grouped(info.blocks ?? 0)} blocks`);
  } else row('problem', info.problem);
  for (const { address, bytes, memory, access } of info.segments ?? []) {
    row('segment', `${access} ${hex(address)}, ${grouped(bytes)} bytes of ${grouped(memory)}`);
  }
  for (const { name, bytes } of info.sections) row('section', `${name}, ${grouped(bytes)} bytes`);
  for (const { number, name } of info.imports) row('import', `${number} ${name ?? '(broken)'}`);
  for (const { name, pc } of info.exports) row('export', `${hex(pc)} ${name}`);
};

export const infoCommand: Command = defineCommand({
  name: 'info',
  operands: 'FILE',
  summary: 'Tells what a program file is: kind, sizes, sections, imports, exports, hash.',
  options: { json: { type: 'boolean', help: 'print as JSON' }, ...programOptions },
  notes: [
    'For an ELF file, everything but its size describes the program that it is linked to, which has the names of all its functions. The hash leaves names and debug information out.',
  ],
  run(values, operands, io) {
    const [file = ''] = operandsOf(operands, ['FILE']);
    const info = infoOf(file, readProgram(file, values));
    if (values.json === true) writeJson(io, info);
    else {
      const lines = new Lines(io);
      printInfo(info, lines);
      lines.flush();
    }
    return 0;
  },
});
