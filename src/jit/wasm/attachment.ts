import type { LinearHome } from '../../memory/linear-home.ts';
import { LEFT_CELL } from '../../memory/linear-layout.ts';
import { ModuleBuilder } from './encoder/module-builder.ts';
import { LOAD, STORE } from './encoder/opcodes.ts';
import { I32_TYPE, I64_TYPE } from './encoder/types.ts';
import { beginFunctionTable, enterFunction } from './function-table.ts';
import { IMPORTS } from './imports.ts';
import type { FunctionAddress, Library } from './library.ts';

/** Does what translated code leaves to others, for the site with this number; 0: go on, 1: leave. */
export type Servant = (site: number) => number;

/** Calls the function in a slot, with the counter from LEFT_CELL and back, and gives its code address. */
type Enter = (slot: number, depth: number) => number;

let doorway: WebAssembly.Module | undefined;

/** Exports `Enter` from a module that imports memory and table: JavaScript cannot pass 64-bit numbers but as bigints. */
export const addDoorway = (b: ModuleBuilder): void => {
  const index = b.declare(b.type([I32_TYPE, I32_TYPE], [I32_TYPE]));
  const f = b.begin(index);
  const left = f.local(I64_TYPE);
  f.get(1);
  f.i32Const(0);
  f.load(LOAD.i64, LEFT_CELL);
  f.get(0);
  f.callIndirect(b.type([I32_TYPE, I64_TYPE], [I32_TYPE, I64_TYPE]));
  f.set(left);
  f.i32Const(0);
  f.get(left);
  f.store(STORE.i64, LEFT_CELL);
  f.finish();
  b.exportFunction('enter', index);
};

const doorwayModule = (): WebAssembly.Module => {
  if (doorway !== undefined) return doorway;
  const b = new ModuleBuilder();
  b.importMemory(IMPORTS.module, IMPORTS.memory, { initial: 0 });
  b.importTable(IMPORTS.module, IMPORTS.table, { initial: 0 });
  addDoorway(b);
  doorway = new WebAssembly.Module(b.finish());
  return doorway;
};

/** The translated code of one program on one linear home. Stays with the home when instances come and go. */
export class Attachment {
  readonly library: Library;
  /** Who answers; set by the execution that enters. */
  servant: Servant = () => 1;
  readonly enter: Enter;
  readonly #imports: WebAssembly.Imports;
  readonly #table: WebAssembly.Table;
  readonly #home: LinearHome;
  #instantiated = 0;
  #entered = 0;

  constructor(library: Library, home: LinearHome) {
    this.library = library;
    this.#home = home;
    this.#table = new WebAssembly.Table({ element: 'anyfunc', initial: 16 });
    this.#imports = {
      [IMPORTS.module]: {
        [IMPORTS.memory]: home.memory,
        [IMPORTS.table]: this.#table,
        [IMPORTS.servant]: (site: number) => this.servant(site),
      },
    };
    beginFunctionTable(new Int32Array(home.memory.buffer), home.layout.tierStart);
    this.enter = new WebAssembly.Instance(doorwayModule(), this.#imports).exports.enter as Enter;
  }

  /** Brings in what the library has translated since the last time. */
  update(): void {
    const { modules, tableSize, functions } = this.library;
    if (this.#instantiated === modules.length) return;
    const missing = tableSize - this.#table.length;
    if (missing > 0) this.#table.grow(Math.max(missing, this.#table.length));
    for (; this.#instantiated < modules.length; this.#instantiated++) {
      new WebAssembly.Instance(modules[this.#instantiated] as WebAssembly.Module, this.#imports);
    }
    const { memory, layout } = this.#home;
    const words = new Int32Array(memory.buffer);
    for (; this.#entered < functions.length; this.#entered++) {
      const { address, slot } = functions[this.#entered] as FunctionAddress;
      enterFunction(words, layout.tierStart, address, slot);
    }
  }
}
