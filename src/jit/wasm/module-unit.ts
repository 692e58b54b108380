import { isRiscvKind } from '../../core/kind.ts';
import type { Program } from '../../decoder/program.ts';
import { ROWS } from '../../isa/table.ts';
import { EXIT_CELL } from '../../memory/linear-layout.ts';
import { EXIT, type FunctionGraph } from '../graph/function-graph.ts';
import type { Meter } from '../graph/pricing.ts';
import { structureRepaired } from '../graph/reducible.ts';
import type { Structure } from '../graph/structure.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { ModuleBuilder } from './encoder/module-builder.ts';
import { ANY, STORE } from './encoder/opcodes.ts';
import { type FunctionType, I32_TYPE, I64_TYPE } from './encoder/types.ts';
import { LEFT, NO_ADDRESS } from './exits.ts';
import { FunctionEmitter } from './function.ts';
import { COUNTER } from './function-context.ts';
import { emitFollow } from './function-table.ts';
import { IMPORTS } from './imports.ts';
import type { SwitchTables } from './switch-table.ts';
import type { Territory } from './territory.ts';
import type { Callee, Quality, Unit } from './unit.ts';

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

/** What a module's code is made for. */
export interface UnitOptions {
  readonly program: Program;
  readonly meter: Meter;
  readonly territory: Territory;
  readonly paged: boolean;
  readonly isolated: boolean;
  /** Default true; see Unit. */
  readonly exactDeadRegisters?: boolean;
  readonly quality: Quality;
}

/** One WebAssembly module in the making. */
export class ModuleUnit implements Unit {
  readonly width: Unit['width'];
  readonly riscv: boolean;
  readonly paged: boolean;
  readonly isolated: boolean;
  readonly exactDeadRegisters: boolean;
  readonly quality: Quality;
  readonly territory: Territory;
  readonly type: FunctionType;
  readonly servant: number;
  readonly pack: Unit['pack'];
  /** Where the loop around an inner loop begins, by the place where that begins. */
  readonly enclosing: Map<number, number> = new Map();
  readonly #builder = new ModuleBuilder();
  readonly #functions = new Map<number, Callee>();
  readonly #sites: Site[];
  readonly #switches: SwitchTables;
  #follow = -1;

  constructor(options: UnitOptions, sites: Site[], switches: SwitchTables) {
    this.#switches = switches;
    const { program, meter, territory, paged, isolated, quality } = options;
    this.exactDeadRegisters = options.exactDeadRegisters ?? true;
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

  /** The index of the function that is to be emitted for the guest function at `pc`. */
  declare(pc: number): number {
    const index = this.#builder.declare(this.type);
    this.#functions.set(pc, { index });
    return index;
  }

  addTable(bytes: Uint8Array): number | undefined {
    const at = this.#switches.place(bytes.length);
    if (at === undefined) return undefined;
    const offset = this.territory.layout.tierStart + at;
    this.#builder.data(offset, bytes);
    return offset;
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

  /** Emits it as a function that is declared. */
  emitStub(pc: number, index: number): void {
    const f = this.#builder.begin(index);
    f.i32Const(0);
    f.i64Const(pc | 0, LEFT.block);
    f.store(STORE.i64, EXIT_CELL);
    f.i32Const(NO_ADDRESS);
    f.get(COUNTER);
    f.op(ANY.return);
    f.finish();
  }

  follow(): number {
    if (this.#follow < 0) {
      const type = this.#builder.type([I32_TYPE, I64_TYPE, I32_TYPE, I32_TYPE], [I32_TYPE, I64_TYPE]);
      this.#follow = this.#builder.declare(type);
    }
    return this.#follow;
  }

  #emitFollow(): void {
    const f = this.#builder.begin(this.#follow);
    emitFollow(f, this.territory.layout.tierStart, this.type);
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

  #noteLoops(graph: FunctionGraph, { order, isHeader, loops }: Structure): void {
    for (const id of order) {
      const around = isHeader[id] === 1 ? (loops.parent[id] as number) : -1;
      if (around < 0 || graph.node(around).exit === EXIT.dispatch) continue;
      if (graph.node(id).pc !== graph.node(around).pc) {
        this.enclosing.set(graph.node(id).pc, graph.node(around).pc);
      }
    }
  }

  /** Emits a function, by default the one that is declared for its program counter. */
  emit(
    graph: FunctionGraph,
    index: number = (this.#functions.get(graph.pc) as { index: number }).index,
  ): void {
    const structure = structureRepaired(graph, { splitLimit: SPLIT_LIMIT });
    this.#noteLoops(graph, structure);
    new FunctionEmitter(this, graph, structure, this.#builder.begin(index)).run();
  }

  /** The module's bytes; `entries`: functions that it puts into slots of the table. */
  finish(entries: { readonly slot: number; readonly index: number }[]): Uint8Array<ArrayBuffer> {
    if (this.#follow >= 0) this.#emitFollow();
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
