import type { Width } from '../../../core/kind.ts';
import { DataSection } from '../graph/data-section.ts';
import { loadOperation, storeOperation } from '../graph/forms.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { GraphInstruction } from '../graph/instruction.ts';
import type { Link } from '../graph/link.ts';

const SECTION = '.regspill';

/**
 * Memory for registers that have none in the machine: one slot per graph register that needs one, in an invented
 * section in front of all other writable data, as PolkaVM 0.35 does it.
 */
export class SpillSlots {
  /** Instructions inserted so far. */
  loads = 0;
  stores = 0;
  readonly #size: 4 | 8;
  readonly #load: number;
  readonly #store: number;
  readonly #storeConstant: number;
  readonly #offsets = new Map<number, number>();
  /** What refers to the section, which cannot be made before its size is known. */
  readonly #users: GraphInstruction[] = [];

  constructor(width: Width) {
    this.#size = width === 32 ? 4 : 8;
    // Of whole registers there is one load: i32 in 32-bit kinds, u64 in the others.
    this.#load = loadOperation(this.#size, width === 32, false);
    this.#store = storeOperation(this.#size, false, false);
    this.#storeConstant = storeOperation(this.#size, false, true);
  }

  /** Graph registers with a slot, in the order of the slots. */
  get registers(): readonly number[] {
    return [...this.#offsets.keys()];
  }

  /** Loads a graph register's slot into a native register. */
  load(register: number, native: number, origin: number): GraphInstruction {
    this.loads++;
    return this.#use(new GraphInstruction(this.#load, origin, native, 0, 0, this.#offsetOf(register)));
  }

  store(register: number, native: number, origin: number): GraphInstruction {
    this.stores++;
    return this.#use(new GraphInstruction(this.#store, origin, native, 0, 0, this.#offsetOf(register)));
  }

  storeConstant(register: number, value: number, link: Link | undefined, origin: number): GraphInstruction {
    this.stores++;
    const offset = this.#offsetOf(register);
    const op = this.#storeConstant;
    return this.#use(new GraphInstruction(op, origin, 0, 0, 0, offset, value, undefined, link));
  }

  /** Makes the section, if anything needs it. */
  finish(graph: ProgramGraph): void {
    if (this.#users.length === 0) return;
    const size = this.#offsets.size * this.#size;
    const section = new DataSection('rw', SECTION, size, this.#size, new Uint8Array(0));
    for (const user of this.#users) user.xLink = section.link;
    graph.data.unshift(section);
  }

  #use(instruction: GraphInstruction): GraphInstruction {
    this.#users.push(instruction);
    return instruction;
  }

  #offsetOf(register: number): number {
    const offset = this.#offsets.get(register) ?? this.#offsets.size * this.#size;
    this.#offsets.set(register, offset);
    return offset;
  }
}
