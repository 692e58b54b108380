import type { Blob } from '../blob/blob.ts';
import { writeBlob } from '../blob/write.ts';
import type { Elf } from '../linker/elf.ts';
import { PT_LOAD } from '../linker/elf-format.ts';
import { type LinkOptions, linkToBlob } from '../linker/riscv-profile.ts';
import { type Option, UsageError, type Values } from './command.ts';
import type { Linked } from './link.ts';
import { grouped, sizeOption } from './numbers.ts';

/** Options of linking to the RISC-V profile alone. */
export const riscvOptions: {
  readonly symbols: Option & { readonly type: 'boolean' };
  readonly 'stack-size': Option & { readonly type: 'string' };
  readonly 'float-traps': Option & { readonly type: 'boolean' };
} = {
  symbols: { type: 'boolean', help: 'RISC-V: keep the names of all functions, for messages and listings' },
  'stack-size': {
    type: 'string',
    value: 'SIZE',
    help: 'RISC-V: stack of the program (default: what the ELF file asks for)',
  },
  'float-traps': {
    type: 'boolean',
    help: 'RISC-V: accept floating-point and vector instructions; they trap when they are executed',
  },
};

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

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;

/** Links to the RISC-V profile: the program as it is, with the block starts that metering needs. */
export const linkRiscv = (
  elf: Elf,
  values: Values<typeof riscvOptions> & { readonly exports?: string; readonly strip?: boolean },
): Linked => {
  const strip = values.strip === true;
  if (strip && values.symbols === true) throw new UsageError('--strip and --symbols exclude each other');
  const exports = exportsOption(values.exports, strip);
  const stack = values['stack-size'];
  const blob = linkToBlob(elf, {
    symbols: values.symbols === true,
    floatingPoint: values['float-traps'] === true ? 'trap' : 'refuse',
    ...(exports === undefined ? {} : { exports }),
    ...(stack === undefined ? {} : { stackSize: sizeOption('stack-size', stack) }),
  });
  const file = writeBlob(blob);
  const sizes = sizesOf(elf, blob, file);
  const loadable = sizes.loadable ?? 0;
  return {
    file,
    kind: blob.kind,
    sizes,
    input: `${grouped(loadable)} loadable`,
    result: `${blob.kind}, ${percent(file.length, loadable)} of the loadable bytes`,
    notes: [],
    explanation: undefined,
    isExplained: false,
    why: [],
  };
};
