import { operation } from '../../../isa/table.ts';
import { definesA } from '../../../isa/term.ts';
import { GP, TP } from '../graph/registers.ts';
import type { CodeRelocation, LinkInput, Target } from '../input/link-input.ts';
import type { CodeInstruction } from './code-instruction.ts';
import type { CodeMap } from './code-map.ts';
import type { DecodedSection } from './decode.ts';

/**
 * What gp and tp hold all the time, if it is the address that the linker meant them to hold: `__global_pointer$` and
 * the thread-local data of a program of one thread. Writes of them are left out then, and reads are of a constant.
 */
export interface ConstantPointers {
  readonly gp: Target | undefined;
  readonly tp: Target | undefined;
}

export const constantPointers = (input: LinkInput, { sections }: CodeMap): ConstantPointers => {
  const isSet = { [GP]: input.globalPointer !== undefined, [TP]: input.threadPointer !== undefined };
  for (const { decoded } of sections.values()) {
    for (const instruction of decoded.instructions) {
      const { op, a } = instruction;
      if ((a !== GP && a !== TP) || !definesA(op)) continue;
      const meant = a === GP ? input.globalPointer : input.threadPointer;
      if (meant === undefined || !writesAddress(instruction, decoded, meant)) isSet[a] = false;
    }
  }
  return {
    gp: isSet[GP] ? input.globalPointer : undefined,
    tp: isSet[TP] ? input.threadPointer : undefined,
  };
};

const FORMS_ADDRESSES: ReadonlySet<number> = new Set(
  ['load_imm', 'load_imm64', 'add_imm_32', 'add_imm_64', 'move_reg'].map(operation),
);

/** True when an instruction is one of those that form an address, and it is this one. */
const writesAddress = (
  { op, relocation }: CodeInstruction,
  decoded: DecodedSection,
  meant: Target,
): boolean => {
  if (relocation === undefined || !FORMS_ADDRESSES.has(op)) return false;
  const high = highOf(relocation, decoded);
  return (
    high !== undefined &&
    (high.kind === 'pcrel-high' || high.kind === 'high' || high.kind === 'low') &&
    isSameTarget(high.target, meant)
  );
};

/** The relocation that has the target: of a `pcrel-low` that of its `auipc`. */
export const highOf = (
  relocation: CodeRelocation,
  decoded: DecodedSection,
): Exclude<CodeRelocation, { kind: 'pcrel-low' }> | undefined => {
  if (relocation.kind !== 'pcrel-low') return relocation;
  const high = decoded.at(relocation.high)?.relocation;
  return high === undefined || high.kind === 'pcrel-low' ? undefined : high;
};

const isSameTarget = (p: Target, q: Target): boolean =>
  p.section === undefined
    ? q.section === undefined && p.value === q.value
    : q.section === p.section && p.offset === q.offset;
