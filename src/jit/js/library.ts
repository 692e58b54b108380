import { isRiscvKind } from '../../core/kind.ts';
import type { Program } from '../../decoder/program.ts';
import { ROWS } from '../../isa/table.ts';
import { addressesByTarget } from '../graph/code-addresses.ts';
import { ADDRESS_STEP, Discovery } from '../graph/discover.ts';
import { EXIT, type FunctionGraph } from '../graph/function-graph.ts';
import type { Meter } from '../graph/pricing.ts';
import { structureRepaired } from '../graph/reducible.ts';
import { LEFT, type Left } from '../wasm/exits.ts';
import type { Territory } from '../wasm/territory.ts';
import { type Environment, PRELUDE } from './environment.ts';
import { type Define, evaluate } from './evaluate.ts';
import { FunctionPrinter } from './function.ts';
import { TooDeep, type Unit } from './unit.ts';

/**
 * Instructions of one function, tried in this order until its text is short enough and does not nest too deep. V8
 * takes 60 bytes of bytecode for a 32-bit instruction and 80 for a 64-bit one.
 */
const SIZES = { 32: [900, 400, 60], 64: [700, 350, 60] } as const;
/**
 * Characters of a function's text. V8 never optimises functions with more than 60 KB of bytecode
 * (`--max-optimized-bytecode-size`), and makes 1.25 bytes of it from a character.
 */
const LONGEST_TEXT = 46_000;
/** Instructions that are translated at once when a function is wanted: it and what it calls. */
const LARGEST_UNIT = 6000;
/** Copies of instructions that make an irreducible loop reducible, before it gets a dispatch node. */
const SPLIT_LIMIT = 64;

/** An instruction that translated code leaves to the host or the interpreter. */
export interface Site {
  readonly pc: number;
  readonly nextPc: number;
  /** Number of the host call; undefined for what the interpreter does. */
  readonly hostCall: number | undefined;
  /** What the counter must be at least when the code goes on: the dearest way to the next place where it is tested. */
  readonly need: number;
}

/** A way out of translated code: how, where to, and what the counter is too high by. */
export interface Way {
  readonly kind: Left;
  readonly pc: number;
  readonly amount: number;
}

/** Functions translated together: their slots, their text and the jump tables that it uses. */
export interface TranslatedUnit {
  readonly slots: readonly number[];
  readonly text: string;
  readonly tables: Int16Array;
  /** What the text gives when it is evaluated; the same at every call. */
  readonly define: () => Define<Environment>;
}

export interface LibraryOptions {
  readonly program: Program;
  readonly meter: Meter;
  readonly territory: Territory;
  readonly paged: boolean;
}

/** Number of the way out by which the host leaves. */
export const HOST_WAY = 0;

/** All that has been translated of one program, shared by its instances. */
export class Library {
  readonly options: LibraryOptions;
  /** By size. */
  readonly #discoveries: readonly Discovery[];
  /** Slot of each function that has one, by program counter. Slot 0 is no function's. */
  readonly #slots = new Map<number, number>();
  /** Program counter of the function in each slot. */
  readonly entries: number[] = [0];
  /** Way out of functions in slots that are not translated yet. */
  readonly stubs: number[] = [0];
  /** Index of the unit of each slot, or -1. */
  readonly unitOf: number[] = [-1];
  /** Functions that cannot be translated: they nest too deep, or the interpreter has to enter them. */
  readonly #refused = new Set<number>();
  readonly ways: Way[] = [{ kind: LEFT.host, pc: 0, amount: 0 }];
  readonly sites: Site[] = [];
  readonly units: TranslatedUnit[] = [];
  /** Slots by half the distance of their code address from the first one; 0 where no function is. */
  readonly slotsByAddress: Int32Array;
  #addresses: ReadonlyMap<number, readonly number[]> | undefined;
  /** Blocks translated so far. */
  blocks = 0;

  constructor(options: LibraryOptions) {
    this.options = options;
    const { program, meter } = options;
    this.#discoveries = SIZES[program.width].map((size) => new Discovery(program, meter.pricing, size));
    const { first, end } = program.code.codeAddresses;
    this.slotsByAddress = new Int32Array(Math.ceil((end - first) / ADDRESS_STEP));
  }

  /** The slot of the function entered at `pc`, or -1 while it is not translated. */
  slotOf(pc: number): number {
    const slot = this.#slots.get(pc);
    return slot !== undefined && (this.unitOf[slot] as number) >= 0 ? slot : -1;
  }

  isRefused(pc: number): boolean {
    return this.#refused.has(pc);
  }

  /** The slot that the function entered at `pc` has or will have. */
  reserve(pc: number): number {
    const known = this.#slots.get(pc);
    if (known !== undefined) return known;
    const slot = this.entries.push(pc) - 1;
    this.stubs.push(this.ways.push({ kind: LEFT.block, pc, amount: 0 }) - 1);
    this.unitOf.push(-1);
    this.#slots.set(pc, slot);
    return slot;
  }

  /** Translates the function entered at a basic block, and what it calls. */
  translate(pc: number): void {
    const graphs = this.#collect(pc);
    const unit = new UnitText(
      this,
      graphs.map((graph) => graph.pc),
    );
    const slots: number[] = [];
    for (const graph of graphs) {
      const slot = this.reserve(graph.pc);
      if (this.#print(unit, slot, graph)) slots.push(slot);
      else {
        this.#refused.add(graph.pc);
        unit.printStub(slot);
      }
    }
    if (slots.length === 0) return;
    const index = this.units.push(unit.finish(slots)) - 1;
    for (const slot of slots) {
      this.unitOf[slot] = index;
      this.#publish(slot);
    }
    this.blocks += unit.blocks;
  }

  /** False where a function cannot be translated. */
  #print(unit: UnitText, slot: number, graph: FunctionGraph): boolean {
    // What begins where only the interpreter may enter would leave to itself again and again.
    if (graph.node(graph.entry).exit === EXIT.unentered) return false;
    return this.#discoveries.some((discovery, k) =>
      unit.print(slot, k === 0 ? graph : discovery.functionAt(graph.pc)),
    );
  }

  /** The graphs of a function and of what it calls, nearest first, up to a number of instructions. */
  #collect(pc: number): FunctionGraph[] {
    const graphs: FunctionGraph[] = [];
    const wanted = new Set([pc]);
    let instructions = 0;
    for (const entry of wanted) {
      if (graphs.length > 0 && instructions >= LARGEST_UNIT) break;
      const graph = (this.#discoveries[0] as Discovery).functionAt(entry);
      graphs.push(graph);
      instructions += graph.instructions.count;
      for (const { exit, callee } of graph.nodes) {
        if (exit === EXIT.call && this.slotOf(callee) < 0 && !this.#refused.has(callee)) wanted.add(callee);
      }
    }
    return graphs;
  }

  #publish(slot: number): void {
    const { first } = this.options.program.code.codeAddresses;
    for (const address of this.#addressesOf(this.entries[slot] as number)) {
      this.slotsByAddress[(address - first) / ADDRESS_STEP] = slot;
    }
  }

  /** The code addresses that lead to a program counter. */
  #addressesOf(pc: number): readonly number[] {
    const { program } = this.options;
    if (isRiscvKind(program.kind)) return [pc];
    this.#addresses ??= addressesByTarget(program);
    return this.#addresses.get(pc) ?? [];
  }
}

/** The text of one unit in the making. */
class UnitText implements Unit {
  readonly width: Unit['width'];
  readonly riscv: boolean;
  readonly paged: boolean;
  readonly territory: Territory;
  readonly wholeCounter: boolean;
  readonly codeAddresses: Unit['codeAddresses'];
  readonly pack: Unit['pack'];
  blocks = 0;
  readonly #library: Library;
  /** Functions that this unit defines. */
  readonly #own: ReadonlySet<number>;
  readonly #texts: string[] = [];
  readonly #tables: number[] = [];

  constructor(library: Library, own: readonly number[]) {
    const { program, meter, territory, paged } = library.options;
    this.#library = library;
    this.#own = new Set(own);
    this.width = program.width;
    this.riscv = isRiscvKind(program.kind);
    this.paged = paged;
    this.territory = territory;
    this.wholeCounter = meter.unit === 1;
    this.codeAddresses = program.code.codeAddresses;
    this.pack = (gas, instructions) => meter.pack(gas, instructions);
  }

  calleeOf(pc: number): string {
    const slot = this.#library.reserve(pc);
    return this.#own.has(pc) ? `f${slot}` : `T[${slot}]`;
  }

  exitOf(kind: Left, pc: number, amount: number): number {
    return this.#library.ways.push({ kind, pc, amount }) - 1;
  }

  siteOf({ instructions }: FunctionGraph, at: number, need: number): number {
    const { pc, length, op, x } = instructions;
    const isHostCall = ROWS[op[at] as number]?.effect.kind === 'host-call';
    return (
      this.#library.sites.push({
        pc: pc[at] as number,
        nextPc: (pc[at] as number) + (length[at] as number),
        hostCall: isHostCall ? (x[at] as number) >>> 0 : undefined,
        need,
      }) - 1
    );
  }

  tableOf(entries: readonly number[]): number {
    const start = this.#tables.length;
    for (const entry of entries) this.#tables.push(entry);
    return start;
  }

  /** False when the function nests too deep or is too long. */
  print(slot: number, graph: FunctionGraph): boolean {
    const structure = structureRepaired(graph, { splitLimit: SPLIT_LIMIT });
    let text: string;
    try {
      text = new FunctionPrinter(this, graph, structure).print(`f${slot}`);
    } catch (error) {
      if (error instanceof TooDeep) return false;
      throw error;
    }
    if (text.length > LONGEST_TEXT) return false;
    this.#texts.push(text);
    this.blocks += graph.nodes.length;
    return true;
  }

  /** A function that leaves to the interpreter. */
  printStub(slot: number): void {
    this.#texts.push(`function f${slot}(){N[1]=${this.#library.stubs[slot]};return (-1)}`);
  }

  finish(slots: readonly number[]): TranslatedUnit {
    const definitions = slots.map((slot) => `T[${slot}]=f${slot};`).join('');
    const text = `${PRELUDE}${this.#texts.join('\n')}\n${definitions}`;
    let evaluated: Define<Environment> | undefined;
    const define = (): Define<Environment> => {
      evaluated ??= evaluate<Environment>(text);
      return evaluated;
    };
    return { slots, text, tables: Int16Array.from(this.#tables), define };
  }
}
