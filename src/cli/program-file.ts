import { readFileSync, statSync } from 'node:fs';
import { fail as failAot } from '../aot/errors.ts';
import { aheadTier, optionsOf } from '../aot/interpreter.ts';
import { loadSync } from '../aot/load.ts';
import type { AotProgram } from '../aot/program.ts';
import type { Blob } from '../blob/blob.ts';
import { withAdviceOnce } from '../core/advice.ts';
import { isRiscboxError, type RiscboxError } from '../core/error.ts';
import { isRiscvKind, KINDS } from '../core/kind.ts';
import { GAS_MODEL_NAMES } from '../decoder/gas/models.ts';
import type { Tier, TierName } from '../jit/tier.ts';
import type { Elf } from '../linker/elf.ts';
import { readElf } from '../linker/elf.ts';
import { type LinkOptions, linkToBlob } from '../linker/riscv-profile.ts';
import { type ContainerOptions, readProgramFile } from '../vm/container.ts';
import { Module, type ModuleOptions } from '../vm/module.ts';
import { type Option, UsageError, type Values } from './command.ts';
import { TIER_NAMES, tierNamed } from './tiers.ts';

/** Something is wrong with a file: exit code 1. */
export class FileError extends Error {
  override readonly name = 'FileError';
  /** The message, or one per problem when several were found. */
  readonly lines: readonly string[];

  constructor(path: string, problem: string | readonly string[], options?: ErrorOptions) {
    const lines = [problem].flat().map((one) => `${path}: ${one}`);
    super(lines.join('\n'), options);
    this.lines = lines;
  }
}

/** Problems that are printed; a broken file can have thousands. */
const SHOWN_PROBLEMS = 20;

/** The messages of an error that collects problems, else its own. */
const problemsOf = ({ message, detail }: RiscboxError): string[] => {
  if (!Array.isArray(detail.problems)) return [message];
  const messages = detail.problems.map((problem: { readonly message: string }) => problem.message);
  const rest = messages.length - SHOWN_PROBLEMS;
  const shown = withAdviceOnce(messages.slice(0, SHOWN_PROBLEMS));
  return rest > 0 ? [...shown, `${rest} more ${rest === 1 ? 'problem' : 'problems'}`] : [...shown];
};

const CONTAINERS: readonly string[] = ['auto', 'polkavm', 'jam-spi', 'jam-raw'];
const POLKAVM_KINDS: readonly string[] = KINDS.filter((kind) => !isRiscvKind(kind));

/** Options of all commands that read a program. */
export const programOptions: {
  readonly container: Option & { readonly type: 'string' };
  readonly kind: Option & { readonly type: 'string' };
} = {
  container: {
    type: 'string',
    value: 'NAME',
    help: `how to read the file: ${CONTAINERS.join(', ')} (default auto)`,
  },
  kind: {
    type: 'string',
    value: 'KIND',
    help: `instruction set of a JAM program, which does not say it: ${POLKAVM_KINDS.join(', ')} (default jam_gp07)`,
  },
};

/** Options of all commands that get a program ready to run. */
export const engineOptions: {
  readonly 'gas-model': Option & { readonly type: 'string' };
  readonly tier: Option & { readonly type: 'string' };
} = {
  'gas-model': {
    type: 'string',
    value: 'MODEL',
    help: `${GAS_MODEL_NAMES.join(', ')} (default ${GAS_MODEL_NAMES[0]}), or a file that ends in .json with { "costs": { "add": 2, … }, "otherwise": 1, "invalid": 1 }`,
  },
  tier: { type: 'string', value: 'TIER', help: `auto (default), ${TIER_NAMES.join(', ')}` },
};

/** Larger files are refused before they are read: no program is that long. */
const LARGEST_FILE = 2 ** 30;

const problemOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file; check the path';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied; check who may read the file';
    default:
      return `cannot be read (${code ?? message}); check the path`;
  }
};

/** The bytes of a file. Throws FileError. */
export const readBytes = (path: string): Uint8Array => {
  const refuse = (problem: string): FileError => new FileError(path, problem);
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw refuse('is a directory; give the path of a program file');
    if (!stats.isFile() && !stats.isFIFO()) throw refuse('is a device; give the path of a program file');
    if (stats.size > LARGEST_FILE) throw refuse('is larger than 1 GiB, which no program is');
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw error instanceof FileError ? error : refuse(problemOf(error));
  }
};

const isElf = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

const isWasm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;

/** A program read from a file. */
export interface ProgramFile {
  readonly bytes: Uint8Array;
  readonly blob: Blob;
  /** Present for ELF files. */
  readonly elf?: Elf;
  /** Present for files that were translated ahead of time; the blob is the program that they contain. */
  readonly translated?: AotProgram;
}

/** Names are kept, so that messages and listings can say where something is. */
const LINK_OPTIONS: LinkOptions = { exports: 'public', symbols: true };

/** Reads a program in whatever form the file has. Throws FileError, UsageError. */
export const readProgram = (path: string, values: Values<typeof programOptions>): ProgramFile => {
  const { container, kind } = values;
  if (container !== undefined && !CONTAINERS.includes(container)) {
    throw new UsageError(`--container ${container} is none of ${CONTAINERS.join(', ')}`);
  }
  if (kind !== undefined && !POLKAVM_KINDS.includes(kind)) {
    throw new UsageError(`--kind ${kind} is none of ${POLKAVM_KINDS.join(', ')}`);
  }
  const bytes = readBytes(path);
  if (bytes.length === 0) throw new FileError(path, 'is empty; give the path of a program file');
  return about(path, () => {
    if (isElf(bytes) && (container ?? 'auto') === 'auto') {
      const elf = readElf(bytes);
      return { bytes, elf, blob: linkToBlob(elf, LINK_OPTIONS) };
    }
    if (isWasm(bytes) && (container ?? 'auto') === 'auto') {
      const translated = loadSync(bytes);
      return { bytes, translated, blob: readProgramFile(translated.bytes, translated.facts.program.read) };
    }
    return { bytes, blob: readProgramFile(bytes, { container, kind } as ContainerOptions) };
  });
};

/** Does something with a file's contents. Riscbox errors become FileErrors that name the file. */
export const about = <T>(path: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    if (!isRiscboxError(error)) throw error;
    throw new FileError(path, problemsOf(error).map(inOptions), { cause: error });
  }
};

/** A message of the library in the words of the command line. */
export const inOptions = (message: string): string =>
  message
    .replaceAll('maxMemory', '--max-memory')
    .replaceAll('minStackSize', '--min-stack-size')
    .replaceAll('stackSize', '--stack-size');

/** The gas model that an option names. Throws FileError, UsageError. */
export const gasModelOption = (text: string): NonNullable<ModuleOptions['gasModel']> => {
  if (!text.endsWith('.json')) return text as NonNullable<ModuleOptions['gasModel']>;
  try {
    return JSON.parse(new TextDecoder().decode(readBytes(text)));
  } catch (error) {
    throw new UsageError(`--gas-model ${text}: ${(error as Error).message.split('\n', 1)[0]}`);
  }
};

/** The tier that an option names. Throws RiscboxError. */
export const tierOption = ({ tier = 'auto' }: Values<typeof engineOptions>): Tier =>
  tierNamed(tier as TierName | 'auto');

/** What the command line says about metering that a translation has settled. */
interface AskedMetering {
  /** Gas is limited, so it must be counted. */
  readonly limited?: boolean;
}

/** A program that was translated ahead of time, as it was translated. Throws aot/metering. */
const translatedModule = (
  blob: Blob,
  translated: AotProgram,
  values: Values<typeof engineOptions>,
  { limited = false, ...options }: ModuleOptions & AskedMetering,
): Module => {
  const { facts } = translated;
  const model = values['gas-model'];
  const asked = {
    gas: limited && facts.gas === 'none' ? options.gas : undefined,
    gasModel: model === undefined ? undefined : gasModelOption(model),
    stackSize: options.stackSize,
  };
  for (const option of ['gas', 'gasModel', 'stackSize'] as const) {
    const value = asked[option];
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(facts[option]))
      throw failAot('aot/metering', { option, value, translated: facts[option] });
  }
  if (values.tier !== undefined)
    throw new UsageError('--tier does not go with a translated program; leave it out');
  const memory = options.maxMemory === undefined ? {} : { maxMemory: options.maxMemory };
  const settled = { ...optionsOf(facts), ...memory };
  return Module.fromFile(blob, translated.bytes, settled, { tier: aheadTier(translated), limits: {} });
};

/** A program that is ready to run. Throws RiscboxError, FileError, UsageError. */
export const compileProgram = (
  { blob, translated }: Pick<ProgramFile, 'blob' | 'translated'>,
  values: Values<typeof engineOptions>,
  { limited = false, ...options }: ModuleOptions & AskedMetering = {},
): Module => {
  if (translated !== undefined) return translatedModule(blob, translated, values, { ...options, limited });
  const model = values['gas-model'];
  const tier = tierOption(values);
  return Module.fromBlob(
    blob,
    model === undefined ? options : { ...options, gasModel: gasModelOption(model) },
    { tier, limits: {} },
  );
};
