import type { Blob } from '../blob/blob.ts';
import { isRiscboxError } from '../core/error.ts';
import type { InflatedSections } from '../linker/dwarf/inflate.ts';
import type { Elf } from '../linker/elf.ts';
import { CONTAINERS, checkOptions, LEVELS, TARGETS } from '../linker/relink/check-options.ts';
import type { RelinkOptions } from '../linker/relink/options.ts';
import { relinkedBytes, relinkToBlob } from '../linker/relink/relink.ts';
import { type Option, UsageError, type Values } from './command.ts';
import type { Linked } from './link.ts';
import { grouped, sizeOption } from './numbers.ts';
import { inOptions } from './program-file.ts';

/** Options of linking to PolkaVM code alone; any of them chooses that profile. */
export const polkavmOptions: {
  readonly target: Option & { readonly type: 'string' };
  readonly container: Option & { readonly type: 'string' };
  readonly level: Option & { readonly type: 'string' };
  readonly demote: Option & { readonly type: 'boolean' };
  readonly 'min-stack-size': Option & { readonly type: 'string' };
  readonly 'dispatch-table': Option & { readonly type: 'string' };
  readonly 'plain-gas': Option & { readonly type: 'boolean' };
  readonly explain: Option & { readonly type: 'boolean' };
  readonly why: Option & { readonly type: 'string'; readonly multiple: true };
} = {
  target: {
    type: 'string',
    value: 'KIND',
    help: `PolkaVM: ${TARGETS.join(', ')} (default latest, in the width of the file)`,
  },
  container: {
    type: 'string',
    value: 'NAME',
    help: `PolkaVM: what file to write, ${CONTAINERS.join(' or ')} (default ${CONTAINERS[0]})`,
  },
  level: {
    type: 'string',
    short: 'O',
    value: 'N',
    help: 'PolkaVM: 0 as compiled, 1 without what nothing reaches, 2 optimised (default), 3 smaller still, by a jump more here and there',
  },
  demote: { type: 'boolean', help: 'PolkaVM: turn code of 32 registers into code of 13' },
  'min-stack-size': {
    type: 'string',
    value: 'SIZE',
    help: 'PolkaVM: stack at least (default 8k; with --demote, and for programs that make system calls, 1M)',
  },
  'dispatch-table': {
    type: 'string',
    value: 'NAMES',
    help: 'PolkaVM: exports that can be called by number, with commas between: number i is at code offset 5 · i',
  },
  'plain-gas': {
    type: 'boolean',
    help: "PolkaVM: none of the hints (unlikely) that PolkaVM's full gas model rewards and every other one charges",
  },
  explain: {
    type: 'boolean',
    help: 'PolkaVM: print where the bytes come from, what each pass gained and why things are in the program',
  },
  why: {
    type: 'string',
    value: 'NAME',
    multiple: true,
    help: 'PolkaVM: print how a function or a section of data is reached from an export',
  },
};

export type PolkaVmValues = Values<typeof polkavmOptions> & {
  readonly exports?: string;
  readonly strip?: boolean;
};

/** One of a few words, checked. */
const oneOf = <T extends string | number>(
  option: string,
  text: string | undefined,
  words: readonly T[],
): T | undefined => {
  if (text === undefined) return undefined;
  const found = words.find((word) => `${word}` === text);
  if (found === undefined) throw new UsageError(`--${option} ${text} is none of ${words.join(', ')}`);
  return found;
};

const given = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });

const optionsFrom = (values: PolkaVmValues): RelinkOptions => {
  const stack = values['min-stack-size'];
  const options: RelinkOptions = {
    ...given('target', oneOf('target', values.target, TARGETS)),
    ...given('container', oneOf('container', values.container, CONTAINERS)),
    ...given('level', oneOf('level', values.level, LEVELS)),
    ...given('strip', values.strip),
    ...given('demote', values.demote),
    ...given('gasModelAware', values['plain-gas'] === true ? false : undefined),
    ...given('exports', values.exports?.split(',')),
    ...given('dispatchTable', values['dispatch-table']?.split(',')),
    ...given('minStackSize', stack === undefined ? undefined : sizeOption('min-stack-size', stack)),
  };
  checkUsage(options);
  return options;
};

/** What the linker says about an option is wrong usage, whatever the file. */
const checkUsage = (options: RelinkOptions): void => {
  try {
    checkOptions(options);
  } catch (error) {
    if (isRiscboxError(error)) throw new UsageError(inOptions(error.message));
    throw error;
  }
};

const sizesOf = (elf: Elf, blob: Blob, output: Uint8Array): Record<string, number> => ({
  input: elf.bytes.length,
  output: output.length,
  code: blob.code.length,
  jumpTable: blob.jumpTable.bytes.length,
  roData: blob.roData.length,
  rwData: blob.rwData.length,
  debug: blob.debug.strings.length + blob.debug.linePrograms.length + blob.debug.lineRanges.length,
});

/** Links to PolkaVM code. */
export const linkPolkaVm = (elf: Elf, values: PolkaVmValues, debugSections?: InflatedSections): Linked => {
  const relinked = relinkToBlob(elf, { ...optionsFrom(values), ...given('debugSections', debugSections) });
  const { blob, notes } = relinked;
  const { why = [] } = values;
  const file = relinkedBytes(blob);
  return {
    file,
    kind: blob.kind,
    sizes: sizesOf(elf, blob, file),
    input: undefined,
    result: `${blob.kind}, ${grouped(blob.code.length)} of code, ${grouped(blob.roData.length + blob.rwData.length)} of data`,
    notes,
    explanation: values.explain === true || why.length > 0 ? relinked.explain() : undefined,
    isExplained: values.explain === true,
    why,
  };
};
