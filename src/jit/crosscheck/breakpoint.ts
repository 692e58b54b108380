import { isRiscvKind } from '../../core/kind.ts';
import { Instruction } from '../../decoder/instruction.ts';
import { type Program, programFrom } from '../../decoder/program.ts';
import { operation, ROWS } from '../../isa/table.ts';
import type { Comparison, Pair, SavedPoint } from './side.ts';

const TRAP = ROWS[operation('trap')];
/** `ebreak` and `c.ebreak` (RISC-V unprivileged ISA), least significant byte first. */
const EBREAK: readonly number[] = [0x73, 0x00, 0x10, 0x00];
const SHORT_EBREAK: readonly number[] = [0x02, 0x90];

/** The program with an instruction that stops it in place of the one at `pc`; undefined where none can be. */
const withBreakpoint = (program: Program, pc: number): Program | undefined => {
  const { blob, kind, code } = program;
  if (!isRiscvKind(kind)) {
    const opcode = TRAP?.opcodes[kind];
    if (opcode === undefined || pc >= blob.code.length) return undefined;
    const changed = blob.code.slice();
    changed[pc] = opcode;
    return programFrom({ ...blob, code: changed });
  }
  const { riscv } = blob;
  const instruction = new Instruction();
  code.decode(pc, instruction);
  const bytes = instruction.length === 2 ? SHORT_EBREAK : EBREAK;
  const isAt = ({ address, data }: { readonly address: number; readonly data: Uint8Array }): boolean =>
    pc >= address && pc + bytes.length <= address + data.length;
  if (riscv === undefined || !riscv.segments.some(isAt)) return undefined;
  const segments = riscv.segments.map((segment) => {
    if (!isAt(segment)) return segment;
    const data = segment.data.slice();
    data.set(bytes, pc - segment.address);
    return { ...segment, data };
  });
  return programFrom({ ...blob, riscv: { ...riscv, segments } });
};

/** An instruction's first execution in a run. */
interface Arrival {
  readonly pc: number;
  /** The instruction that ran before it. */
  readonly before: number;
  /** Instructions executed since the arrival before this one. */
  readonly distance: number;
}

/** Instructions that are traced. */
const LONGEST_TRACE = 500_000;

/** Steps the reference from where it stands: the places it comes to, each once, the first one left out. */
const arrivals = ({ first }: Pair, end: number): Arrival[] => {
  const found: Arrival[] = [];
  const seen = new Set<number>();
  let before: number | undefined;
  let distance = 0;
  first.step();
  for (let i = 0; i < LONGEST_TRACE && first.outcome.kind === 'step'; i++) {
    const { pc } = first.outcome;
    if (before !== undefined && !seen.has(pc)) {
      found.push({ pc, before, distance });
      distance = 0;
    }
    seen.add(pc);
    if (first.execution.executed >= end) break;
    before = pc;
    distance++;
    first.step();
  }
  return found;
};

/** What a tier that is to be stopped may run on for, when it went another way. */
const BREAKPOINT_BUDGET = 1_000_000;

/** Times that a changed program runs: tiers translate what has been reached a few times. */
const RUNS = 16;

/** An instruction that a breakpoint behind it shows to differ. */
export interface Stopped {
  readonly pc: number;
  /** Nothing else ran between this breakpoint and the one before, at which both sides were equal. */
  readonly exact: boolean;
  readonly comparison: Comparison;
}

/**
 * Finds the first place behind `start` at which the sides differ when the program is stopped there: both run
 * programs in which the instruction at the place has been replaced by a trap, so that tiers which do not stop
 * inside their code do. `pairOn` makes sides for such a program. Undefined when no breakpoint shows anything.
 */
export const firstStopped = (
  program: Program,
  pair: Pair,
  start: SavedPoint,
  end: number,
  pairOn: (program: Program) => Pair,
): Stopped | undefined => {
  start.restore(pair.first);
  const places = arrivals(pair, end);
  const compareAt = (place: Arrival): Comparison | undefined => {
    const changed = withBreakpoint(program, place.pc);
    if (changed === undefined) return undefined;
    const stopped = pairOn(changed);
    let comparison: Comparison | undefined;
    for (let run = 0; run < RUNS && comparison === undefined; run++) {
      start.restore(stopped.first);
      start.restore(stopped.second);
      stopped.run(BREAKPOINT_BUDGET);
      if (!stopped.isEqual) comparison = stopped.compare();
    }
    stopped.first.memory.release();
    stopped.second.memory.release();
    return comparison;
  };
  // The sides stay different once they are, so that it need not be tried at each place.
  let low = 0;
  let high = places.length;
  let comparison: Comparison | undefined;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = compareAt(places[middle] as Arrival);
    if (found === undefined) low = middle + 1;
    else {
      comparison = found;
      high = middle;
    }
  }
  if (comparison === undefined) return undefined;
  const { before, distance } = places[high] as Arrival;
  return { pc: before, exact: distance === 1, comparison };
};
