import { contentHash } from '../core/content-hash.ts';
import { isRiscvKind } from '../core/kind.ts';
import type { GasModelOption } from '../decoder/gas/models.ts';
import type { Program } from '../decoder/program.ts';
import { CompiledCode } from '../interpreter/compiled-code.ts';
import { ADDRESS_STEP, Discovery } from '../jit/graph/discover.ts';
import { LEAVES } from '../jit/graph/flow.ts';
import { EXIT, type FunctionGraph } from '../jit/graph/function-graph.ts';
import { Meter } from '../jit/graph/pricing.ts';
import { addDoorway } from '../jit/wasm/attachment.ts';
import { LimitExceeded } from '../jit/wasm/encoder/limits.ts';
import { beginFunctionTable, enterFunction, FUNCTION_TABLE_BYTES } from '../jit/wasm/function-table.ts';
import { ModuleUnit, type Site } from '../jit/wasm/module-unit.ts';
import { SwitchTables, TIER_BYTES } from '../jit/wasm/switch-table.ts';
import { Territory } from '../jit/wasm/territory.ts';
import { linearLayout } from '../memory/linear-layout.ts';
import type { Region } from '../memory/region.ts';
import { type CompileOptions, Engine } from '../vm/engine.ts';
import type { Module } from '../vm/module.ts';
import { fail } from './compile-errors.ts';
import type { Facts } from './facts.ts';
import { restOf, resumable } from './resume.ts';
import { NOWHERE, writePlaces } from './write-places.ts';
import { appendSections } from './write-sections.ts';

/**
 * Instructions of one function. More than the tier takes: there is time, and a function in pieces is much larger as a
 * whole, each piece having what it shares with others.
 */
const LARGEST_FUNCTION = 20_000;

/** How a program is translated ahead of time; metering and memory layout are fixed then. */
export interface AheadOptions extends Omit<CompileOptions, 'maxReentry' | 'deadline' | 'slice'> {
  /** Whether the file contains the program, which the interpreter and the initial memory need. Default true. */
  readonly embed?: boolean;
}

/** A translation before its facts are attached: a WebAssembly module that other tools may change. */
export interface Translation {
  /** Plain WebAssembly. */
  readonly code: Uint8Array<ArrayBuffer>;
  readonly statistics: TranslationStatistics;
  /** The file around `code`, or around another module that does the same. */
  finish(code?: Uint8Array): Uint8Array<ArrayBuffer>;
}

export interface TranslationStatistics {
  /** Functions of the guest that were found. */
  readonly functions: number;
  /** Places in the middle of functions where a run may go on. */
  readonly places: number;
  readonly blocks: number;
  readonly instructions: number;
}

/**
 * Translates a whole program file. `file` is what the runtime gets as its program: not an ELF file.
 *
 * Throws what `Engine.compile` throws; aot/gas-table, aot/too-large, aot/dynamic-paging.
 */
export const translate = (file: Uint8Array, options: AheadOptions = {}): Translation => {
  if (options.dynamicPaging === true) throw fail('aot/dynamic-paging', {});
  const module = new Engine({ tier: 'interpreter' }).compile(file, options);
  try {
    return new Translator(module, options).run();
  } catch (error) {
    if (error instanceof LimitExceeded)
      throw fail('aot/too-large', { limit: error.message }, { cause: error });
    throw error;
  }
};

class Translator {
  readonly #module: Module;
  readonly #options: AheadOptions;
  readonly #program: Program;
  readonly #meter: Meter;
  readonly #discovery: Discovery;
  readonly #compiled: CompiledCode;
  readonly #unit: ModuleUnit;
  readonly #sites: Site[] = [];
  readonly #layout = linearLayout(false, TIER_BYTES);
  /** Table slots in the order of their numbers: the index of the WebAssembly function. */
  readonly #slots: { readonly slot: number; readonly index: number }[] = [];
  /** Places where a run may begin or go on: pc, slot, selector. */
  readonly #entries: number[][] = [];
  readonly #continuations: number[][] = [];
  /** Places inside of functions that dynamic jumps may lead to. */
  readonly #indirect = new Set<number>();
  #blocks = 0;
  #instructions = 0;

  constructor(module: Module, options: AheadOptions) {
    const { program, metering } = module;
    this.#module = module;
    this.#options = options;
    this.#program = program;
    this.#meter = new Meter(program, metering);
    if (!this.#meter.countable) throw fail('aot/gas-table', {});
    const { pricing } = this.#meter;
    this.#discovery = new Discovery(program, pricing, LARGEST_FUNCTION);
    this.#compiled = new CompiledCode(program.code, program.width, isRiscvKind(program.kind), pricing);
    const territory = new Territory(program.kind, module.memoryMap, this.#layout);
    this.#unit = new ModuleUnit(
      { program, meter: this.#meter, territory, paged: false, isolated: false, quality: 'full' },
      this.#sites,
      new SwitchTables(),
    );
  }

  run(): Translation {
    const functions = this.#functions();
    const indices = functions.map((pc) => this.#unit.declare(pc));
    for (const [slot, pc] of functions.entries()) {
      this.#slots.push({ slot, index: indices[slot] as number });
      this.#entries.push([pc, slot, 0]);
      this.#emit(pc, indices[slot] as number);
    }
    const known = new Set(functions);
    const continued = new Set<number>();
    for (const pc of functions) this.#emitResumable(pc, known, continued);
    this.#writeFunctionTable(functions);
    addDoorway(this.#unit.builder);
    const tableSize = this.#slots.length;
    const code = this.#unit.finish(this.#slots);
    const places = this.#places();
    const statistics: TranslationStatistics = {
      functions: functions.length,
      places: this.#entries.length + this.#continuations.length - functions.length,
      blocks: this.#blocks,
      instructions: this.#instructions,
    };
    return {
      code,
      statistics,
      finish: (other = code) => {
        const facts = this.#facts(other, places, tableSize);
        const program = this.#options.embed === false ? undefined : this.#module.bytes;
        return appendSections(other, { facts, places, program });
      },
    };
  }

  /** Program counters of all functions that can be found. */
  #functions(): number[] {
    const { code, exports, riscv } = this.#program;
    const { landmarks } = this.#discovery;
    const wanted = new Set<number>();
    const add = (pc: number): void => {
      if (pc >= 0 && code.isJumpTarget(pc) && code.blockOf(pc) === pc) wanted.add(pc);
    };
    if (riscv !== undefined) add(riscv.entry);
    else add(0);
    for (const { pc } of exports) add(pc);
    for (const pc of landmarks.functions) add(pc);
    const covered = new Set<number>();
    const follow = (): void => {
      for (const pc of wanted) {
        if (followed.has(pc)) continue;
        followed.add(pc);
        const graph = this.#discovery.functionAt(pc);
        for (const node of graph.nodes) covered.add(node.pc);
        for (const other of leavesTo(graph)) add(other);
      }
    };
    const followed = new Set<number>();
    follow();
    // What is a case of a jump table is part of the function around it; the others are functions called by pointers.
    for (const address of landmarks.indirectTargets) {
      const pc = code.resolveCodeAddress(address);
      if (pc < 0 || wanted.has(pc)) continue;
      if (covered.has(pc)) this.#indirect.add(pc);
      else {
        add(pc);
        follow();
      }
    }
    return [...wanted].sort((a, b) => a - b);
  }

  #emit(pc: number, index: number): void {
    try {
      const graph = this.#discovery.functionAt(pc);
      this.#blocks += graph.nodes.length;
      this.#instructions += graph.instructions.count;
      this.#unit.emit(graph, index);
    } catch (error) {
      // A function too large for the engine: the interpreter runs it.
      if (!(error instanceof LimitExceeded)) throw error;
      this.#unit.emitStub(pc, index);
    }
  }

  #emitResumable(pc: number, known: Set<number>, continued: Set<number>): void {
    const repay = this.#module.metering.granularity === 'instruction' && this.#module.metering.gas !== 'none';
    const found = resumable(this.#discovery, pc, this.#compiled, { repay, indirect: this.#indirect });
    if (found === undefined) return;
    const isNew = (place: (typeof found.places)[number]): boolean =>
      !(place.paid ? continued : known).has(place.pc);
    if (!found.places.some(isNew)) return;
    let index: number;
    try {
      index = this.#unit.emitApart(found.graph);
    } catch (error) {
      if (!(error instanceof LimitExceeded)) throw error;
      return;
    }
    const slot = this.#slots.length;
    this.#slots.push({ slot, index });
    for (const [selector, place] of found.places.entries()) {
      if (!isNew(place)) continue;
      (place.paid ? continued : known).add(place.pc);
      (place.paid ? this.#continuations : this.#entries).push([place.pc, slot, selector]);
    }
  }

  /** The table of functions that indirect calls look into is written when the module is instantiated. */
  #writeFunctionTable(functions: readonly number[]): void {
    const { code, kind } = this.#program;
    const words = new Int32Array(FUNCTION_TABLE_BYTES / 4);
    beginFunctionTable(words, 0);
    const slots = new Map(functions.map((pc, slot) => [pc, slot]));
    const enter = (address: number): void => {
      const slot = slots.get(code.resolveCodeAddress(address));
      if (slot !== undefined) enterFunction(words, 0, address, slot);
    };
    if (isRiscvKind(kind)) for (const pc of functions) enter(pc);
    else {
      const { first, end } = code.codeAddresses;
      for (let address = first; address < end; address += ADDRESS_STEP) enter(address);
    }
    // Those that are known to be called in this way have the entries that several addresses share.
    for (const address of this.#discovery.landmarks.indirectTargets) enter(address);
    const bytes = new Uint8Array(words.buffer);
    for (let at = 0; at < words.length; at += 2) {
      if (words[at] === 0) continue;
      let end = at + 2;
      while (end < words.length && words[end] !== 0) end += 2;
      this.#unit.builder.data(this.#layout.tierStart + 4 * at, bytes.subarray(4 * at, 4 * end));
      at = end;
    }
  }

  #places(): Uint8Array<ArrayBuffer> {
    const sites = this.#sites.map(({ pc, nextPc, hostCall, need }) => ({
      pc,
      nextPc,
      hostCall,
      need,
      rest: hostCall === undefined ? { gas: 0, instructions: 0 } : restOf(this.#compiled, nextPc),
    }));
    const { code, kind } = this.#program;
    const jumps: number[] = [];
    if (!isRiscvKind(kind)) {
      for (
        let address = code.codeAddresses.first;
        address < code.codeAddresses.end;
        address += ADDRESS_STEP
      ) {
        const pc = code.resolveCodeAddress(address);
        jumps.push(pc < 0 ? NOWHERE : pc);
      }
    }
    return writePlaces(this.#entries, this.#continuations, sites, jumps);
  }

  #facts(code: Uint8Array, places: Uint8Array, tableSize: number): Facts {
    const { module, program } = { module: this.#module, program: this.#program };
    const { container, spi } = program.blob;
    const file = module.bytes as Uint8Array;
    const { memoryMap: map } = module;
    return {
      code: { length: code.length, hash: contentHash(code) },
      places: contentHash(places),
      program: {
        hash: contentHash(file),
        length: file.length,
        container,
        read:
          container === 'jam-spi'
            ? { container, kind: program.kind as never, metadata: spi?.metadata !== undefined }
            : container === 'jam-raw'
              ? { container, kind: program.kind as never }
              : { container: 'polkavm' },
      },
      kind: program.kind,
      embedded: program.riscv?.embedded ?? false,
      ...(module.entry === undefined ? {} : { entry: module.entry }),
      ...(module.programHeaders && { programHeaders: module.programHeaders }),
      imports: module.imports.map((name) => name ?? null),
      exports: module.exports.map(({ name, pc }) => [name, pc] as const),
      gas: module.metering.gas,
      gasGranularity: module.metering.granularity,
      gasModel: this.#options.gasModel ?? ('naive' satisfies GasModelOption),
      unit: this.#meter.unit,
      sliceLimit: this.#meter.sliceLimit,
      map: { ...map, regions: map.regions.map((region) => regionFacts(region, file)) },
      pageSize: module.pageSize,
      auxDataSize: module.auxDataSize,
      stackSize: module.limits.stackSize,
      tierBytes: TIER_BYTES,
      tableSize,
    };
  }
}

/** Where a function's edges lead that leave it, calls included. */
const leavesTo = (graph: FunctionGraph): number[] =>
  graph.nodes.flatMap(({ exit, callee, leavesTo: targets }, id) => {
    const successors = graph.successors[id] as number[];
    const left = targets.filter((_, k) => successors[k] === LEAVES);
    return exit === EXIT.call ? [...left, callee] : left;
  });

const regionFacts = ({ data, ...region }: Region, file: Uint8Array): Facts['map']['regions'][number] => {
  // Blobs are read without copying: a region's data is a view of the file.
  const from = data.length === 0 ? 0 : data.byteOffset - file.byteOffset;
  return { ...region, from, length: data.length };
};
