import { isRiscvKind } from '../../core/kind.ts';
import { addressesByTarget } from '../graph/code-addresses.ts';
import { Discovery } from '../graph/discover.ts';
import { EXIT, type FunctionGraph } from '../graph/function-graph.ts';
import { LimitExceeded } from './encoder/limits.ts';
import { ModuleUnit, type Site, type UnitOptions } from './module-unit.ts';
import { SwitchTables } from './switch-table.ts';
import type { Quality } from './unit.ts';

export type { Site } from './module-unit.ts';

/** Instructions of one function; beyond that V8 takes long over it: bodies stay below 100 KB. */
export const LARGEST_FUNCTION = 3000;
/** Instructions that are translated at once when a function is wanted: it and what it calls. */
export const LARGEST_UNIT = 20_000;
/**
 * Bytes of WebAssembly that a library makes by default: engines keep some ten times as much for it. Larger programs run
 * on in the interpreter where nothing is translated.
 */
export const CODE_LIMIT: number = 32 << 20;
/** Functions of a library: entries in the middle of functions could be made without end. */
const MOST_FUNCTIONS = 2 ** 16;

/** A function that indirect calls may name. */
export interface FunctionAddress {
  readonly address: number;
  readonly slot: number;
}

export interface LibraryOptions extends UnitOptions {
  /** Bytes of WebAssembly after which nothing more is translated. Default CODE_LIMIT. */
  readonly codeLimit?: number;
}

/** How one translation differs from what the library was made for. */
export interface TranslateOptions {
  readonly quality?: Quality;
  /** Instructions after which no further callee is taken in. */
  readonly most?: number;
}

/** What stands in a slot of the table, worst first. */
const FILLED = { empty: -1, stub: 0, quick: 1, full: 2 } as const;

/** All that has been translated of one program, shared by its instances. */
export class Library {
  readonly #options: LibraryOptions;
  readonly #discovery: Discovery;
  /** Table slot of each function that has one, by program counter. */
  readonly #slots = new Map<number, number>();
  /** One of FILLED for each slot. */
  readonly #filled: number[] = [];
  readonly sites: Site[] = [];
  readonly #switches = new SwitchTables();
  /** In the order in which an instance has to instantiate them. */
  readonly modules: WebAssembly.Module[] = [];
  /** Code addresses of the functions in `modules`, and their slots. */
  readonly functions: FunctionAddress[] = [];
  #addresses: ReadonlyMap<number, readonly number[]> | undefined;
  /**
   * Where the loop around an inner loop begins. Code entered in an inner loop leaves there, because its outer loops would
   * be tangled with the inner one; the code entered in the outer loop has all inner ones as they should be.
   */
  readonly #enclosing = new Map<number, number>();
  /** Blocks translated so far. */
  blocks = 0;
  /** Bytes of WebAssembly made so far. */
  bytes = 0;
  /** Instructions translated so far; those of functions that were translated twice count twice. */
  instructions = 0;
  /** Set while the engine compiles a unit that it would not compile at once; nothing else is translated meanwhile. */
  pending: Promise<void> | undefined;
  /** The engine has not compiled a unit, for lack of memory presumably. */
  #refused = false;

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
    return slot !== undefined && (this.#filled[slot] as number) >= FILLED.quick ? slot : -1;
  }

  /** Whether anything more is translated. */
  get isOpen(): boolean {
    return (
      this.pending === undefined &&
      !this.#refused &&
      this.bytes < (this.#options.codeLimit ?? CODE_LIMIT) &&
      this.#slots.size < MOST_FUNCTIONS
    );
  }

  #reserve(pc: number): number {
    const known = this.#slots.get(pc);
    if (known !== undefined) return known;
    const slot = this.#filled.push(FILLED.empty) - 1;
    this.#slots.set(pc, slot);
    return slot;
  }

  /**
   * Translates the function entered at a basic block, again if need be, and what it calls that is not translated as
   * well yet. Nothing happens when the library is not open; code that is compiled in the background comes later.
   */
  translate(pc: number, options: TranslateOptions = {}): void {
    if (!this.isOpen) return;
    const { quality = this.#options.quality } = options;
    for (let most = options.most ?? LARGEST_UNIT; ; most = Math.floor(most / 4)) {
      try {
        this.#translate(this.#collect(pc, most, FILLED[quality]), quality);
        return;
      } catch (error) {
        if (!(error instanceof LimitExceeded) || most === 0) throw error;
      }
    }
  }

  /** The graphs of a function and of what it calls, nearest first, up to a number of instructions. */
  #collect(pc: number, most: number, wanting: number): FunctionGraph[] {
    const graphs: FunctionGraph[] = [];
    const wanted = new Set([pc]);
    let instructions = 0;
    for (const entry of wanted) {
      if (graphs.length > 0 && instructions >= most) break;
      const graph = this.#discovery.functionAt(
        entry,
        undefined,
        entry === pc ? this.#enclosing.get(pc) : undefined,
      );
      graphs.push(graph);
      instructions += graph.instructions.count;
      for (const { exit, callee } of graph.nodes) {
        if (exit === EXIT.call && this.#filledAt(callee) < wanting) wanted.add(callee);
      }
    }
    return graphs;
  }

  #filledAt(pc: number): number {
    const slot = this.#slots.get(pc);
    return slot === undefined ? FILLED.empty : (this.#filled[slot] as number);
  }

  #translate(graphs: readonly FunctionGraph[], quality: Quality): void {
    const unit = new ModuleUnit({ ...this.#options, quality }, this.sites, this.#switches);
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
      if (this.#filled[slot] === FILLED.empty) entries.push({ slot, index: unit.addStub(callee) });
    }
    for (const graph of graphs) unit.emit(graph);
    for (const [inner, outer] of unit.enclosing) {
      if (!this.#enclosing.has(inner)) this.#enclosing.set(inner, outer);
    }
    const bytes = unit.finish(entries);
    this.bytes += bytes.length;
    for (const { instructions, nodes } of graphs) {
      this.instructions += instructions.count;
      this.blocks += nodes.length;
    }
    const add = (module: WebAssembly.Module): void => {
      this.modules.push(module);
      for (const { slot } of entries)
        this.#filled[slot] = Math.max(this.#filled[slot] as number, FILLED.stub);
      for (const { pc } of graphs) this.#fill(pc, FILLED[quality]);
    };
    try {
      add(new WebAssembly.Module(bytes));
    } catch (error) {
      // On a page's main thread engines refuse large modules at once: Chromium 4 KiB, later 8 MiB.
      if (!(error instanceof RangeError)) throw error;
      this.#compileLater(bytes, add);
    }
  }

  #compileLater(bytes: Uint8Array<ArrayBuffer>, add: (module: WebAssembly.Module) => void): void {
    this.pending = WebAssembly.compile(bytes)
      .then(add, () => {
        this.#refused = true;
      })
      .finally(() => {
        this.pending = undefined;
      });
  }

  #fill(pc: number, filled: number): void {
    const slot = this.#slots.get(pc) as number;
    const first = (this.#filled[slot] as number) < FILLED.quick;
    this.#filled[slot] = filled;
    if (!first) return;
    for (const address of this.#addressesOf(pc)) this.functions.push({ address, slot });
  }

  /** The code addresses that lead to a program counter. */
  #addressesOf(pc: number): readonly number[] {
    const { program } = this.#options;
    if (isRiscvKind(program.kind)) return [pc];
    this.#addresses ??= addressesByTarget(program);
    return this.#addresses.get(pc) ?? [];
  }
}
