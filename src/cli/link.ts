import { realpathSync, writeFileSync } from 'node:fs';
import type { Blob } from '../blob/blob.ts';
import { writeBlob } from '../blob/write.ts';
import { type Elf, readElf } from '../linker/elf.ts';
import { PT_LOAD } from '../linker/elf-format.ts';
import { type LinkOptions, linkToBlob } from '../linker/riscv-profile.ts';
import { type Command, defineCommand, operandsOf, UsageError } from './command.ts';
import { type Io, Lines, toJson, writeError, writeOut } from './io.ts';
import { grouped, sizeOption } from './numbers.ts';
import { about, FileError, readBytes } from './program-file.ts';

const KEYWORDS: readonly string[] = ['public', 'all', 'none'];

const exportsOption = (text: string | undefined, strip: boolean): LinkOptions['exports'] => {
  if (text === undefined) return strip ? 'none' : undefined;
  return KEYWORDS.includes(text) ? (text as 'public' | 'all' | 'none') : text.split(',');
};

/** Bytes that the file has for guest memory. */
const loadableBytes = ({ programHeaders }: Elf): number =>
  programHeaders.reduce((sum, { type, fileSize }) => sum + (type === PT_LOAD ? fileSize : 0), 0);

const sizesOf = (elf: Elf, blob: Blob, output: Uint8Array): Record<string, number> => ({
  input: elf.bytes.length,
  loadable: loadableBytes(elf),
  output: output.length,
  segments: blob.riscv?.segments.reduce((sum, { data }) => sum + data.length, 0) ?? 0,
  blockStarts: blob.riscv?.extraStarts.length ?? 0,
  exports: blob.exports.bytes.length,
  symbols: blob.riscv?.symbols?.bytes.length ?? 0,
});

export const isSameFile = (a: string, b: string): boolean => {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
};

/** Writes a command's output; `-` is stdout. Throws FileError. */
export const writeFile = (path: string, bytes: Uint8Array, io: Io): void => {
  if (path === '-') {
    writeOut(io, bytes);
    return;
  }
  try {
    writeFileSync(path, bytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FileError(path, `cannot be written (${code ?? message}); choose another place with -o`);
  }
};

export const linkCommand: Command = defineCommand({
  name: 'link',
  operands: 'IN.elf -o OUT',
  summary: 'Turns a static RISC-V ELF executable into a program blob. Prints the sizes of both.',
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', help: 'where the blob goes; - for stdout' },
    exports: {
      type: 'string',
      value: 'NAMES',
      help: 'functions that hosts can call: public, all, none, or names with commas between (default: none for a program, public for a file of functions)',
    },
    symbols: { type: 'boolean', help: 'keep the names of all functions, for messages and listings' },
    strip: { type: 'boolean', help: 'no names at all but those of --exports' },
    'stack-size': {
      type: 'string',
      value: 'SIZE',
      help: 'stack of the program (default: what the ELF file asks for)',
    },
    'float-traps': {
      type: 'boolean',
      help: 'accept floating-point and vector instructions; they trap when they are executed',
    },
    json: { type: 'boolean', help: 'print the sizes as JSON' },
  },
  run(values, operands, io) {
    const [input = ''] = operandsOf(operands, ['IN.elf']);
    const output = values.output;
    if (output === undefined) throw new UsageError('the output is missing; name it with -o FILE');
    if (isSameFile(input, output)) throw new UsageError('the output is the input; choose another name');
    const strip = values.strip === true;
    if (strip && values.symbols === true) throw new UsageError('--strip and --symbols exclude each other');
    const bytes = readBytes(input);
    const exports = exportsOption(values.exports, strip);
    const stack = values['stack-size'];
    const options: LinkOptions = {
      symbols: values.symbols === true,
      floatingPoint: values['float-traps'] === true ? 'trap' : 'refuse',
      ...(exports === undefined ? {} : { exports }),
      ...(stack === undefined ? {} : { stackSize: sizeOption('stack-size', stack) }),
    };
    const { elf, blob, file } = about(input, () => {
      const elf = readElf(bytes);
      const blob = linkToBlob(elf, options);
      return { elf, blob, file: writeBlob(blob) };
    });
    writeFile(output, file, io);
    const sizes = sizesOf(elf, blob, file);
    const report =
      values.json === true
        ? toJson({ input, output, kind: blob.kind, sizes })
        : `${input}: ${grouped(bytes.length)} bytes, ${grouped(sizes.loadable ?? 0)} loadable → ${output}: ${grouped(file.length)} bytes (${blob.kind}, ${percent(file.length, sizes.loadable ?? 0)} of the loadable bytes)`;
    if (output === '-') writeError(io, report);
    else {
      const lines = new Lines(io);
      lines.line(report);
      lines.flush();
    }
    return 0;
  },
});

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
