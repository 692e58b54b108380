import { operation } from '../../../isa/table.ts';
import { Import } from '../graph/import.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { A0, A1, A2, ARGUMENT_REGISTERS, SP, T0 } from '../graph/registers.ts';
import type { Accesses } from './accesses.ts';
import type { RegisterFile } from './register-file.ts';

const ECALLI = operation('ecalli');
const MEMSET = operation('memset');

/** Arguments of an environment call: a0 … a5. */
const LINUX_ARGUMENTS = 6;

/** Which native registers an operation works on. */
interface Convention {
  /** Graph registers and the native registers in which they are read. */
  readonly reads: readonly (readonly [register: number, native: number])[];
  /** Native registers that hold something else afterwards: all that it writes, by their own numbers. */
  readonly clobbers: readonly number[];
}

const same = (registers: readonly number[]): Convention['reads'] =>
  registers.map((register) => [register, register]);

const MEMSET_CONVENTION: Convention = { reads: same([A0, A1, A2]), clobbers: [A0, A2] };

/** Operations whose registers are not among their operands: host calls, `memset`. */
export class FixedOperands {
  readonly #file: RegisterFile;
  readonly #environmentCall: Convention;
  readonly #calls: readonly Convention[];

  /** @param numberRegister the graph register with the number of an environment call */
  constructor(file: RegisterFile, numberRegister: number) {
    this.#file = file;
    const ofLinux = ARGUMENT_REGISTERS.slice(0, LINUX_ARGUMENTS);
    // The host puts the stack of calls that it makes meanwhile below this one.
    this.#environmentCall = { reads: [...same([SP, ...ofLinux]), [numberRegister, T0]], clobbers: [A0] };
    this.#calls = Array.from({ length: ARGUMENT_REGISTERS.length + 1 }, (_, inputs) => ({
      reads: same([SP, ...ARGUMENT_REGISTERS.slice(0, inputs)]),
      clobbers: ARGUMENT_REGISTERS,
    }));
  }

  static has({ op }: GraphInstruction): boolean {
    return op === ECALLI || op === MEMSET;
  }

  place(instruction: GraphInstruction, position: number): void {
    const { reads, clobbers } = this.#conventionOf(instruction);
    const convention = instruction.xLink?.to instanceof Import ? instruction.xLink.to.convention : undefined;
    const file = this.#file;
    const isRead = (register: number): boolean => reads.some(([read]) => read === register);
    for (const [register, native] of reads) {
      const held = file.holds[native] as number;
      if (held === register) continue;
      if (isRead(held) || file.future.isNeededBehind(position, held)) file.evict(native);
      else file.drop(held);
    }
    for (const [register, native] of reads) this.#bring(register, native);
    if (convention === 'call') this.#bringHome(clobbers, position);
    file.future.advance(position);
    const { writes } = file.future.accesses[position] as Accesses;
    // What the operation overwrites is not worth saving.
    for (const register of writes) if (!clobbers.includes(file.at[register] as number)) file.drop(register);
    for (const native of clobbers) {
      if (!writes.includes(file.holds[native] as number)) file.evict(native);
    }
    file.code.push(instruction);
    for (const register of writes) this.#define(register);
  }

  #conventionOf({ op, xLink }: GraphInstruction): Convention {
    if (op === MEMSET) return MEMSET_CONVENTION;
    const called = xLink?.to instanceof Import ? xLink.to : undefined;
    if (called?.convention === 'ecall') return this.#environmentCall;
    return this.#calls[called?.inputs ?? ARGUMENT_REGISTERS.length] as Convention;
  }

  /** A host function may call back, which leaves registers as they are, and not the words of those in memory. */
  #bringHome(clobbers: readonly number[], position: number): void {
    const { homes, future } = this.#file;
    for (const native of homes.natives) {
      const owner = homes.ownerOf(native);
      if (owner === 0 || clobbers.includes(native) || !future.isNeededBehind(position, owner)) continue;
      this.#file.bringHome(owner, 0);
    }
  }

  /** Has a graph register's value in one native register, which is empty unless it holds that value. */
  #bring(register: number, native: number): void {
    const file = this.#file;
    const present = file.at[register] as number;
    if (present === native) return;
    if (present === 0) file.fetch(register, native);
    else file.copy(present, native);
    // A value with a home elsewhere stays there; this is a copy that nobody knows of.
    const home = file.homes.of(register);
    if (home === 0 || home === native) file.bind(register, native);
  }

  /** What the operation left in a graph register of the calling convention, whose own number is its native one. */
  #define(register: number): void {
    const home = this.#file.homes.of(register);
    if (home === 0 || home === register) this.#file.define(register, register);
  }
}
