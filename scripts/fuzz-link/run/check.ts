import { equalBytes } from '../../../src/core/bytes.ts';
import { isRiscboxError } from '../../../src/core/error.ts';
import { checkProgramBlob } from '../../../src/decoder/check-blob.ts';
import type { OptimisationLevel, RelinkOptions, RelinkTarget } from '../../../src/linker/relink/options.ts';
import { relink } from '../../../src/linker/relink/relink.ts';
import { Random } from '../../fuzz/random.ts';
import { TooFar } from '../image/apply.ts';
import { elfFile } from '../image/elf-file.ts';
import { link } from '../image/image.ts';
import { assemblyOf } from '../program/assembly.ts';
import type { FuzzProgram } from '../program/program.ts';
import { runBlob } from './blob-run.ts';
import { judge } from './judge.ts';
import { type Observation, Unfit } from './observation.ts';

/** One way to link and run a program. */
export interface Variant {
  readonly options: RelinkOptions;
  readonly tier: 'interpreter' | 'wasm';
  /** It is linked twice. */
  readonly isRepeated: boolean;
}

export interface Finding {
  readonly variant: Variant;
  readonly kind: 'differs' | 'wrong blob' | 'not the same twice' | 'error';
  readonly text: string;
}

/** A program that is ready to be checked. */
export interface Prepared {
  readonly program: FuzzProgram;
  readonly elf: Uint8Array;
  readonly expected: Observation;
  readonly executed: number;
}

/** Assembles and judges; undefined for programs that are too large or run too long. */
export const prepare = (program: FuzzProgram): Prepared | undefined => {
  try {
    const image = link(assemblyOf(program), program.width, program.isCompressed, program.keepsLocal);
    const { observation, executed } = judge(program, image);
    const { isObject, isEmbedded, isCompressed } = program;
    const elf = elfFile(image, isObject, isEmbedded, isCompressed);
    return { program, elf, expected: observation, executed };
  } catch (error) {
    if (error instanceof TooFar || error instanceof Unfit) return undefined;
    throw error;
  }
};

const LEVELS: readonly OptimisationLevel[] = [0, 1, 2, 3];
const OTHER_TARGETS: readonly RelinkTarget[] = ['revive_v1', 'jam_v1'];

/** All levels for the newest kind, one for another; programs of 13 registers as they are and demoted. */
export const variantsOf = ({ width, isEmbedded }: FuzzProgram, seed: number): readonly Variant[] => {
  const random = new Random(seed ^ 0x5eed);
  const made = (options: RelinkOptions): Variant => ({
    options: {
      strip: random.chance(0.7),
      inlineThreshold: random.pick([2, 2, 0, 1, 5, 20]),
      elideUnnecessaryLoads: random.chance(0.8),
      gasModelAware: random.chance(0.8),
      ...options,
    },
    tier: random.chance(0.15) ? 'wasm' : 'interpreter',
    isRepeated: random.chance(0.15),
  });
  const ways = isEmbedded ? [false, true] : [true];
  return ways.flatMap((demote) => [
    ...LEVELS.map((level) => made({ demote, level })),
    ...(width === 64
      ? [made({ demote, level: random.pick(LEVELS), target: random.pick(OTHER_TARGETS) })]
      : []),
  ]);
};

/** Operations that a kind lacks are no findings. */
const isUnavailable = (error: unknown): boolean => isRiscboxError(error) && error.code === 'link/unavailable';

const firstDifference = (expected: Observation, found: Observation): string => {
  const at = expected.findIndex((line, i) => line !== found[i]);
  const index = at < 0 ? expected.length : at;
  return `observation ${index}\n  expected ${expected[index]}\n  found    ${found[index]}`;
};

/** What is wrong with one way to link a program; undefined for nothing. */
export const checkVariant = (
  { program, elf, expected, executed }: Prepared,
  variant: Variant,
): Finding | undefined => {
  const finding = (kind: Finding['kind'], text: string): Finding => ({ variant, kind, text });
  try {
    const blob = relink(elf, variant.options);
    if (variant.isRepeated && !equalBytes(blob, relink(elf, variant.options))) {
      return finding('not the same twice', '');
    }
    const wrong = checkProgramBlob(blob).filter(({ level }) => level === 'wrong');
    if (wrong.length > 0) return finding('wrong blob', JSON.stringify(wrong.slice(0, 3)));
    const found = runBlob(program, blob, variant.tier, executed);
    const isSame = expected.length === found.length && expected.every((line, i) => line === found[i]);
    return isSame ? undefined : finding('differs', firstDifference(expected, found));
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    return finding('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
};
