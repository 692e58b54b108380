import { printable } from '../decoder/listing.ts';
import { hasCompressedDebug, type InflatedSections, inflateDebugSections } from '../linker/dwarf/inflate.ts';
import { type Elf, readElf } from '../linker/elf.ts';
import { ET_REL } from '../linker/elf-format.ts';
import type { LinkReport } from '../linker/relink/explain.ts';
import { type Command, defineCommand, operandsOf, UsageError } from './command.ts';
import { explanationLines, whyLines } from './explain-text.ts';
import { type Io, Lines, toJson, writeError } from './io.ts';
import { linkPolkaVm, polkavmOptions } from './link-polkavm.ts';
import { linkRiscv, riscvOptions } from './link-riscv.ts';
import { grouped } from './numbers.ts';
import { isSameFile, writeFile } from './output-file.ts';
import { about, readBytes } from './program-file.ts';

/** What either profile's linker made of a file. */
export interface Linked {
  readonly file: Uint8Array;
  readonly kind: string;
  readonly sizes: Readonly<Record<string, number>>;
  /** More about the input, for the report. */
  readonly input: string | undefined;
  /** More about the output. */
  readonly result: string;
  readonly notes: readonly string[];
  readonly explanation: LinkReport | undefined;
  /** All of the explanation is to be printed. */
  readonly isExplained: boolean;
  /** Names to explain. */
  readonly why: readonly string[];
}

const PROFILES = ['auto', 'riscv', 'polkavm'] as const;
type Profile = (typeof PROFILES)[number];

/** Sections that only guests of the PolkaVM profile have. */
const POLKAVM_SECTIONS: readonly string[] = ['.polkavm_exports', '.polkavm_metadata'];

/** Options of one profile that were given although the other one was chosen. */
const misplaced = (values: object, options: object): string | undefined =>
  Object.keys(options).find((name) => (values as Record<string, unknown>)[name] !== undefined);

const chosenProfile = (asked: string | undefined): Profile => {
  const profile = PROFILES.find((name) => name === (asked ?? 'auto'));
  if (profile === undefined) throw new UsageError(`--profile ${asked} is none of ${PROFILES.join(', ')}`);
  return profile;
};

/** The profile to link for: what was asked for, else what the options and the file are made for. */
const profileOf = (asked: string | undefined, values: object, elf: Elf): 'riscv' | 'polkavm' => {
  const ofPolkaVm = misplaced(values, polkavmOptions);
  const ofRiscv = misplaced(values, riscvOptions);
  const profile = chosenProfile(asked);
  if (ofPolkaVm !== undefined && (profile === 'riscv' || ofRiscv !== undefined)) {
    throw new UsageError(
      `--${ofPolkaVm} is for PolkaVM code and does not go with ${profile === 'riscv' ? '--profile riscv' : `--${ofRiscv}`}`,
    );
  }
  if (profile === 'polkavm' && ofRiscv !== undefined) {
    throw new UsageError(`--${ofRiscv} is for the RISC-V profile and does not go with --profile polkavm`);
  }
  if (profile !== 'auto') return profile;
  const isMadeForPolkaVm =
    ofPolkaVm !== undefined ||
    (ofRiscv === undefined &&
      (elf.header.type === ET_REL || POLKAVM_SECTIONS.some((name) => elf.section(name) !== undefined)));
  return isMadeForPolkaVm ? 'polkavm' : 'riscv';
};

export const linkCommand: Command = defineCommand({
  name: 'link',
  operands: 'IN.elf -o OUT',
  summary:
    'Turns a RISC-V ELF file into a program blob: a static executable as it is (RISC-V profile), or a file with relocations (--emit-relocs) into PolkaVM code. Prints the sizes of both.',
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', help: 'where the blob goes; - for stdout' },
    profile: {
      type: 'string',
      value: 'NAME',
      help: 'riscv, polkavm or auto (default): PolkaVM code for files that have its sections, for object files, and when an option asks for it',
    },
    exports: {
      type: 'string',
      value: 'NAMES',
      help: 'functions that hosts can call, with commas between; RISC-V: also public, all, none (default: none for a program, public for a file of functions)',
    },
    strip: { type: 'boolean', short: 's', help: 'no names and no debug information' },
    ...polkavmOptions,
    ...riscvOptions,
    json: { type: 'boolean', help: 'print the report as JSON' },
  },
  run(values, operands, io) {
    const [input = ''] = operandsOf(operands, ['IN.elf']);
    const { output } = values;
    if (output === undefined) throw new UsageError('the output is missing; name it with -o FILE');
    if (isSameFile(input, output)) throw new UsageError('the output is the input; choose another name');
    const bytes = readBytes(input);
    const elf = about(input, () => readElf(bytes));
    const profile = about(input, () => profileOf(values.profile, values, elf));
    const finish = (debugSections?: InflatedSections): number => {
      const linked = about(input, () =>
        profile === 'polkavm' ? linkPolkaVm(elf, values, debugSections) : linkRiscv(elf, values),
      );
      report(input, output, bytes, linked, values.json === true, io);
      return 0;
    };
    // Platforms decompress with promises only; everything else is done at once.
    const waits = profile === 'polkavm' && values.strip !== true && hasCompressedDebug(elf);
    return waits ? inflateDebugSections(elf).then(finish) : finish();
  },
});

/** Writes the output, and on the stream that it leaves free what was made. */
const report = (
  input: string,
  output: string,
  bytes: Uint8Array,
  linked: Linked,
  asJson: boolean,
  io: Io,
): void => {
  writeFile(output, linked.file, io);
  for (const note of linked.notes) writeError(io, `${input}: ${note}`);
  const text = asJson ? jsonReport(input, output, linked) : textReport(input, output, bytes, linked);
  if (output === '-') for (const line of text) writeError(io, line);
  else {
    const lines = new Lines(io);
    for (const line of text) lines.line(line);
    lines.flush();
  }
};

const jsonReport = (
  input: string,
  output: string,
  { kind, sizes, notes, explanation, isExplained, why }: Linked,
): readonly string[] => [
  toJson({
    input,
    output,
    kind,
    sizes,
    ...(notes.length === 0 ? {} : { notes }),
    ...(isExplained ? { explanation } : {}),
    ...(why.length === 0
      ? {}
      : { why: Object.fromEntries(why.map((name) => [name, explanation?.why(name)])) }),
  }),
];

const textReport = (
  input: string,
  output: string,
  bytes: Uint8Array,
  { file, result, explanation, isExplained, why, input: more }: Linked,
): readonly string[] => [
  `${input}: ${grouped(bytes.length)} bytes${more === undefined ? '' : `, ${more}`} → ${output}: ${grouped(file.length)} bytes (${result})`,
  ...(explanation === undefined
    ? []
    : [
        ...(isExplained ? explanationLines(explanation) : []),
        ...why.flatMap((name) => whyLines(explanation, name)),
      ].map(printable)),
];
