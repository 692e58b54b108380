import { operation } from '../../../isa/table.ts';
import { definesA } from '../../../isa/term.ts';
import { GP, TP } from '../graph/registers.ts';
import type { CodeRelocation, LinkInput, Target } from '../input/link-input.ts';
import type { CodeInstruction } from './code-instruction.ts';
import type { CodeMap } from './code-map.ts';
import type { DecodedSection } from './decode.ts';

/**
 * What gp and tp hold all the time, if it is one address: that of `__global_pointer$`; for tp that of the thread-local
 * data of a program of one thread. Writes of them are left out then, and reads are of a constant.
 */
export interface ConstantPointers {
  readonly gp: Target | undefined;
  readonly tp: Target | undefined;
  /**
   * True when tp holds where the initial copy of thread-local data is: addresses of thread-local data are those of
   * its initial copy. Start-up code that makes a copy of it for tp leaves offsets from tp as they are.
   */
  readonly isTpOfInitialCopy: boolean;
}

export const constantPointers = (input: LinkInput, { sections }: CodeMap): ConstantPointers => {
  let gp: Target | undefined = input.globalPointer;
  let tp: Target | undefined;
  let isTpConstant = true;
  for (const { decoded } of sections.values()) {
    for (const instruction of decoded.instructions) {
      const { op, a } = instruction;
      if ((a !== GP && a !== TP) || !definesA(op)) continue;
      const written = addressWritten(instruction, decoded);
      if (a === GP) {
        if (!isSameTarget(written, gp)) gp = undefined;
      } else {
        tp ??= written;
        isTpConstant &&= isSameTarget(written, tp);
      }
    }
  }
  tp ??= input.threadPointer;
  return {
    gp,
    tp: isTpConstant ? tp : undefined,
    isTpOfInitialCopy: isTpConstant && isSameTarget(tp, input.threadPointer),
  };
};

const FORMS_ADDRESSES: ReadonlySet<number> = new Set(
  ['load_imm', 'load_imm64', 'add_imm_32', 'add_imm_64', 'move_reg'].map(operation),
);

/** The address that an instruction forms, or forms a part of. */
const addressWritten = ({ op, relocation }: CodeInstruction, decoded: DecodedSection): Target | undefined => {
  if (relocation === undefined || !FORMS_ADDRESSES.has(op)) return undefined;
  const high = highOf(relocation, decoded);
  const isAddress = high !== undefined && ['pcrel-high', 'high', 'low', 'gp-relative'].includes(high.kind);
  return isAddress ? high.target : undefined;
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

const isSameTarget = (p: Target | undefined, q: Target | undefined): boolean => {
  if (p === undefined || q === undefined) return false;
  return p.section === undefined
    ? q.section === undefined && p.value === q.value
    : q.section === p.section && p.offset === q.offset;
};
