import { isRiscvKind } from '../../core/kind.ts';
import type { Program } from '../../decoder/program.ts';
import { ROWS } from '../../isa/table.ts';
import { EXIT_CELL } from '../../memory/linear-layout.ts';
import { ADDRESS_STEP, Discovery } from '../graph/discover.ts';
import { EXIT, type FunctionGraph } from '../graph/function-graph.ts';
import type { Meter } from '../graph/pricing.ts';
import { structureRepaired } from '../graph/reducible.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { LimitExceeded } from './encoder/limits.ts';
import { ModuleBuilder } from './encoder/module-builder.ts';
import { ANY, STORE } from './encoder/opcodes.ts';
import { type FunctionType, I32_TYPE, I64_TYPE } from './encoder/types.ts';
import { LEFT, NO_ADDRESS } from './exits.ts';
import { FunctionEmitter } from './function.ts';
import { IMPORTS } from './imports.ts';
import type { Territory } from './territory.ts';
import type { Callee, Quality, Unit } from './unit.ts';

/** Instructions of one function; beyond that V8 takes long over it (jit-measurements: keep bodies below 100 KB). */
export const LARGEST_FUNCTION = 3000;
/** Instructions that are translated at once when a function is wanted: it and what it calls. */
const LARGEST_UNIT = 20_000;
/** Copies of instructions that make an irreducible loop reducible, before it gets a dispatch node. */
export const SPLIT_LIMIT = 64;

/** An instruction that translated code leaves to the host or the interpreter. */
export interface Site {
  readonly pc: number;
  readonly nextPc: number;
  /** Number of the host call; undefined for what the interpreter does. */
  readonly hostCall: number | undefined;
  /** What the counter must be at least when the code goes on: the dearest way to the next place where it is tested. */
  readonly need: number;
}

/** A function that indirect calls may name. */
export interface FunctionAddress {
  readonly address: number;
  readonly slot: number;
}

const addressesByTarget = ({ code }: Program): ReadonlyMap<number, readonly number[]> => {
  const addresses = new Map<number, number[]>();
  const { first, end } = code.codeAddresses;
  for (let address = first; address < end; address += ADDRESS_STEP) {
    const pc = code.resolveCodeAddress(address);
    if (pc < 0) continue;
    const known = addresses.get(pc);
    if (known === undefined) addresses.set(pc, [address]);
    else known.push(address);
  }
  return addresses;
};

export interface LibraryOptions {
  readonly program: Program;
  readonly meter: Meter;
  readonly territory: Territory;
  readonly paged: boolean;
  readonly isolated: boolean;
  readonly quality: Quality;
}

/** All that has been translated of one program, shared by its instances. */
export class Library {
  readonly #options: LibraryOptions;
  readonly #discovery: Discovery;
  /** Table slot of each function that has one, by program counter. */
  readonly #slots = new Map<number, number>();
  /** 1: a function is in the slot; 0: code that leaves to the interpreter. */
  readonly #filled: number[] = [];
  readonly sites: Site[] = [];
  /** In the order in which an instance has to instantiate them. */
  readonly modules: WebAssembly.Module[] = [];
  /** Code addresses of the functions in `modules`, and their slots. */
  readonly functions: FunctionAddress[] = [];
  #addresses: ReadonlyMap<number, readonly number[]> | undefined;
  /** Blocks translated so far. */
  blocks = 0;
  /** Bytes of WebAssembly made so far. */
  bytes = 0;

  constructor(options: LibraryOptions) {
    this.#options = options;
    this.#discovery = new Discovery(options.program, options.meter.pricing, LARGEST_FUNCTION);
  }

  /** Slots that a table must have. */
  get tableSize(): number {
    return this.#filled.length;
  }

  /** The slot of the function entered at `pc`, or -1 while it is not translated. */
  slotOf(pc: number): number {
    const slot = this.#slots.get(pc);
    return slot !== undefined && this.#filled[slot] === 1 ? slot : -1;
  }

  #reserve(pc: number): number {
    const known = this.#slots.get(pc);
    if (known !== undefined) return known;
    const slot = this.#filled.push(0) - 1;
    this.#slots.set(pc, slot);
    return slot;
  }

  /** Translates the function entered at a basic block, and what it calls. */
  translate(pc: number): void {
    for (let most = LARGEST_UNIT; ; most = Math.floor(most / 4)) {
      try {
        this.#translate(this.#collect(pc, most));
        return;
      } catch (error) {
        if (!(error instanceof LimitExceeded) || most === 0) throw error;
      }
    }
  }

  /** The graphs of a function and of what it calls, nearest first, up to a number of instructions. */
  #collect(pc: number, most: number): FunctionGraph[] {
    const graphs: FunctionGraph[] = [];
    const wanted = new Set([pc]);
    let instructions = 0;
    for (const entry of wanted) {
      if (graphs.length > 0 && instructions >= most) break;
      const graph = this.#discovery.functionAt(entry);
      graphs.push(graph);
      instructions += graph.instructions.count;
      for (const { exit, callee } of graph.nodes) {
        if (exit === EXIT.call && this.slotOf(callee) < 0) wanted.add(callee);
      }
    }
    return graphs;
  }

  #translate(graphs: readonly FunctionGraph[]): void {
    const unit = new ModuleUnit(this.#options, this.sites);
    const firstNew = this.#filled.length;
    const entries: { slot: number; index: number }[] = [];
    for (const graph of graphs) {
      const slot = this.#reserve(graph.pc);
      const index = unit.declare(graph.pc);
      entries.push({ slot, index });
    }
    const callees = new Set(
      graphs.flatMap(({ nodes }) => nodes.filter((n) => n.exit === EXIT.call).map((n) => n.callee)),
    );
    for (const callee of callees) {
      if (unit.functionAt(callee) !== undefined) continue;
      const slot = this.#reserve(callee);
      unit.link(callee, slot);
      if (slot >= firstNew) entries.push({ slot, index: unit.addStub(callee) });
    }
    for (const graph of graphs) {
      unit.emit(graph);
      this.blocks += graph.nodes.length;
    }
    const bytes = unit.finish(entries, this.#filled.length);
    this.modules.push(new WebAssembly.Module(bytes));
    this.bytes += bytes.length;
    for (const { pc } of graphs) {
      const slot = this.#slots.get(pc) as number;
      this.#filled[slot] = 1;
      for (const address of this.#addressesOf(pc)) this.functions.push({ address, slot });
    }
  }

  /** The code addresses that lead to a program counter. */
  #addressesOf(pc: number): readonly number[] {
    const { program } = this.#options;
    if (isRiscvKind(program.kind)) return [pc];
    this.#addresses ??= addressesByTarget(program);
    return this.#addresses.get(pc) ?? [];
  }
}

/** One WebAssembly module in the making. */
export class ModuleUnit implements Unit {
  readonly width: Unit['width'];
  readonly riscv: boolean;
  readonly paged: boolean;
  readonly isolated: boolean;
  readonly quality: Quality;
  readonly territory: Territory;
  readonly type: FunctionType;
  readonly servant: number;
  readonly pack: Unit['pack'];
  readonly #builder = new ModuleBuilder();
  readonly #functions = new Map<number, Callee>();
  readonly #sites: Site[];

  constructor({ program, meter, territory, paged, isolated, quality }: LibraryOptions, sites: Site[]) {
    this.width = program.width;
    this.riscv = isRiscvKind(program.kind);
    this.paged = paged;
    this.isolated = isolated;
    this.quality = quality;
    this.territory = territory;
    this.pack = (gas, instructions) => meter.pack(gas, instructions);
    this.#sites = sites;
    const b = this.#builder;
    this.type = b.type([I32_TYPE, I64_TYPE], [I32_TYPE, I64_TYPE]);
    this.servant = b.importFunction(IMPORTS.module, IMPORTS.servant, b.type([I32_TYPE], [I32_TYPE]));
    b.importMemory(IMPORTS.module, IMPORTS.memory, { initial: 0 });
    b.importTable(IMPORTS.module, IMPORTS.table, { initial: 0 });
  }

  declare(pc: number): number {
    const index = this.#builder.declare(this.type);
    this.#functions.set(pc, { index });
    return index;
  }

  /** Calls of the function at `pc` go through the table. */
  link(pc: number, slot: number): void {
    this.#functions.set(pc, { slot });
  }

  /** A function that leaves to the interpreter at `pc`. */
  addStub(pc: number): number {
    const index = this.#builder.declare(this.type);
    this.emitStub(pc, index);
    return index;
  }

  emitStub(pc: number, index: number): void {
    const f = this.#builder.begin(index);
    f.i32Const(0);
    f.i64Const(pc | 0, LEFT.block);
    f.store(STORE.i64, EXIT_CELL);
    f.i32Const(NO_ADDRESS);
    f.get(1);
    f.op(ANY.return);
    f.finish();
  }

  /** For what a module has besides guest functions. */
  get builder(): ModuleBuilder {
    return this.#builder;
  }

  functionAt(pc: number): Callee | undefined {
    return this.#functions.get(pc);
  }

  emitCall(f: FunctionBody, callee: Callee): void {
    if ('index' in callee) f.call(callee.index);
    else {
      f.i32Const(callee.slot);
      f.callIndirect(this.type);
    }
  }

  siteOf({ instructions }: FunctionGraph, at: number, need: number): number {
    const { pc, length, op, x } = instructions;
    const isHostCall = ROWS[op[at] as number]?.effect.kind === 'host-call';
    return (
      this.#sites.push({
        pc: pc[at] as number,
        nextPc: (pc[at] as number) + (length[at] as number),
        hostCall: isHostCall ? (x[at] as number) >>> 0 : undefined,
        need,
      }) - 1
    );
  }

  /** Emits a function that nothing of the module calls. */
  emitApart(graph: FunctionGraph): number {
    const index = this.#builder.declare(this.type);
    this.emit(graph, index);
    return index;
  }

  emit(
    graph: FunctionGraph,
    index: number = (this.#functions.get(graph.pc) as { index: number }).index,
  ): void {
    new FunctionEmitter(
      this,
      graph,
      structureRepaired(graph, { splitLimit: SPLIT_LIMIT }),
      this.#builder.begin(index),
    ).run();
  }

  finish(
    entries: { readonly slot: number; readonly index: number }[],
    _tableSize: number,
  ): Uint8Array<ArrayBuffer> {
    const sorted = entries.sort((a, b) => a.slot - b.slot);
    for (let i = 0; i < sorted.length; ) {
      let end = i + 1;
      while (end < sorted.length && sorted[end]!.slot === sorted[end - 1]!.slot + 1) end++;
      this.#builder.elements(
        0,
        sorted[i]!.slot,
        sorted.slice(i, end).map(({ index }) => index),
      );
      i = end;
    }
    return this.#builder.finish();
  }
}
