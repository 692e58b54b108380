import type { Blob, RiscvProgramHeaders } from '../blob/blob.ts';
import type { Kind, Width } from '../core/kind.ts';
import { type GasModel, type GasModelOption, gasModel } from '../decoder/gas/models.ts';
import { type Program, type ProgramExport, programFrom } from '../decoder/program.ts';
import type { Execution, Metering, Tier, TierName, TranslatedProgram } from '../jit/tier.ts';
import { BufferPool } from '../memory/buffer-pool.ts';
import { FlatMemory } from '../memory/flat-memory.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { checkPageSize, type MemoryMap } from '../memory/map.ts';
import { PagedMemory } from '../memory/paged-memory.ts';
import { type Limits, limitsFrom } from '../sandbox/limits.ts';
import { type Abi, abiOf } from './abi.ts';
import type { Entry } from './calls.ts';
import { ExportTable } from './export-table.ts';
import { blockGas } from './gas-cost.ts';
import { HostTable } from './host-functions.ts';
import { Instance, type InstanceOptions } from './instance.ts';
import { fail } from './module-errors.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';
import { checkStrictly } from './strict.ts';
import { tierNamed } from './tiers.ts';

/** How a program is to run. */
export interface ModuleOptions extends Partial<Limits> {
  /**
   * When gas is checked: not at all (default), `sync`: before each block, `async`: at loops, calls and returns
   * only, which is faster once programs are translated.
   */
  readonly gas?: 'none' | 'sync' | 'async';
  /** What a block costs. Default `naive`: 1 per instruction. */
  readonly gasModel?: GasModelOption;
  /** What is charged at once: a `block` when it is entered (default), or each `instruction` as it runs. */
  readonly gasGranularity?: 'block' | 'instruction';
  /**
   * `exact` (default): programs see the memory of their own format, page by page, on every tier. `isolated`: translated
   * code makes no checks of its own, so programs are only kept within their own linear memory, as WebAssembly programs
   * are. Faster; read "Isolated memory" in the guide on tiers before using it.
   */
  readonly memory?: 'exact' | 'isolated';
  /**
   * `false`: at a stop, registers that the program would write before it reads them again may hold older values on
   * tiers that translate. Programs cannot tell; debuggers and comparisons of states can. Default true.
   */
  readonly exactDeadRegisters?: boolean;
  /** The host maps every page, on demand; no `sbrk`. Default false. */
  readonly dynamicPaging?: boolean;
  /** PolkaVM blobs: bytes per page, a power of two from 4096 to 65536. Default 4096. */
  readonly pageSize?: number;
  /** PolkaVM blobs: bytes of the region that only the host writes. Default 0. */
  readonly auxDataSize?: number;
  /** Refuse programs with broken imports, exports or jump tables instead of letting them trap. Default false. */
  readonly strict?: boolean;
}

/** What a module takes over from its engine. */
export interface EngineSettings {
  readonly tier: Tier;
  readonly limits: Partial<Limits>;
  readonly codeLimit?: number | undefined;
}

const defaultSettings = (): EngineSettings => ({ tier: tierNamed('auto'), limits: {} });

/** A program that is ready to be instantiated any number of times. Immutable; instances share its decoded code. */
export class Module {
  /** The program itself, for disassemblers and debuggers. */
  readonly program: Program;
  readonly abi: Abi;
  readonly limits: Limits;
  readonly metering: Metering;
  readonly dynamicPaging: boolean;
  readonly pageSize: number;
  readonly auxDataSize: number;
  /** Where the parts of its memory lie; argument bytes of JAM programs left out. */
  readonly memoryMap: MemoryMap;
  /** `isolated`: see ModuleOptions. */
  readonly memoryMode: 'exact' | 'isolated';
  /** The tier that runs its instances at best: what host and program allow of the engine's. */
  readonly tier: TierName;
  readonly #translated: TranslatedProgram;
  readonly #exports: ExportTable;
  readonly #hosts: HostTable<never>;
  readonly #buffers = new BufferPool();

  private constructor(
    blob: Blob,
    options: ModuleOptions,
    engine: EngineSettings,
    bytes: Uint8Array | undefined,
  ) {
    this.limits = limitsFrom(options, engine.limits);
    this.program = programFrom(blob);
    if (options.strict === true) checkStrictly(this.program);
    this.bytes = bytes;
    this.abi = abiOf(this.program);
    this.metering = meteringOf(options, this.kind);
    this.dynamicPaging = options.dynamicPaging ?? false;
    this.pageSize = options.pageSize ?? 4096;
    checkPageSize(this.pageSize);
    this.auxDataSize = auxSizeOf(options);
    this.memoryMap = this.#mapFor(0);
    this.memoryMode = memoryModeOf(options);
    this.#translated = engine.tier.translate(this.program, this.metering, {
      isolated: this.memoryMode === 'isolated',
      exactDeadRegisters: options.exactDeadRegisters ?? true,
      ...(engine.codeLimit === undefined ? {} : { codeLimit: engine.codeLimit }),
    });
    this.tier = this.#translated.tier ?? engine.tier.name;
    this.#exports = new ExportTable(this.exports);
    this.#hosts = new HostTable(this.abi);
  }

  /** A module of a program that has been read or linked already. Throws as `Engine.compile`, but for reading. */
  static fromBlob(
    blob: Blob,
    options: ModuleOptions = {},
    engine: EngineSettings = defaultSettings(),
  ): Module {
    return new Module(blob, options, engine, undefined);
  }

  /** For `Engine.compile`, which has the file. */
  static fromFile(blob: Blob, bytes: Uint8Array, options: ModuleOptions, engine: EngineSettings): Module {
    return new Module(blob, options, engine, bytes);
  }

  get kind(): Kind {
    return this.program.kind;
  }

  /** The container that the program was read from. */
  get container(): Blob['container'] {
    return this.program.blob.container;
  }

  /** Register width in bits. */
  get width(): Width {
    return this.program.width;
  }

  /** Import names by host-call number; undefined where the program names none. */
  get imports(): readonly (string | undefined)[] {
    return this.program.imports;
  }

  /** Exported functions in the program's order. */
  get exports(): readonly ProgramExport[] {
    return this.program.exports;
  }

  /** RISC-V programs: where the ELF program headers lie in guest memory, if a segment has them. */
  get programHeaders(): RiscvProgramHeaders | undefined {
    return this.program.riscv?.programHeaders;
  }

  /** RISC-V programs: where execution begins; undefined in others. */
  get entry(): number | undefined {
    return this.program.riscv?.entry;
  }

  /** The program file; undefined for modules of a blob that never was one (`writeBlob(module.program.blob)` makes it). */
  readonly bytes: Uint8Array | undefined;

  /** Gas for the basic block that begins at a program counter; undefined where none begins. */
  gasCostAt(pc: number): number | undefined {
    return blockGas(this.program.code, this.metering.model, pc);
  }

  /** Program counter of an export's name or of a number. Throws call/unknown-export, call/entry. */
  entryPoint(entry: Entry): number {
    return this.#exports.entryPoint(entry);
  }

  /** An instance without host functions: its host calls come out of `run()`. Throws memory/limit, instance/arguments. */
  instantiate<U = undefined>(options?: InstanceOptions<U>): Instance<U> {
    return new Instance<U>(this, this.#hosts as HostTable<U>, options);
  }

  /** An instance in the state of a snapshot. Throws snapshot/… and what `instantiate` throws. */
  restore<U = undefined>(snapshot: Uint8Array, options?: InstanceOptions<U>): Instance<U> {
    const instance = this.instantiate(options);
    instance.restore(snapshot);
    return instance;
  }

  /** Basic blocks that the instances' runs have had translated (by the interpreter: decoded) so far. */
  get translatedBlocks(): number {
    return this.#translated.blocks;
  }

  /** A memory of its own for an instance with this many argument bytes. */
  newMemory(argumentsSize: number): GuestMemory {
    const map = argumentsSize === 0 ? this.memoryMap : this.#mapFor(argumentsSize);
    const { maxMemory } = this.limits;
    return this.dynamicPaging
      ? new PagedMemory(map, maxMemory)
      : new FlatMemory(map, maxMemory, this.#buffers);
  }

  /** Registers, program counter and gas of an instance. */
  newExecution(memory: GuestMemory): Execution {
    return this.#translated.execution(memory);
  }

  /** For `Instance.snapshot`. */
  writeSnapshot(execution: Execution, memory: GuestMemory, argumentsSize: number): Uint8Array {
    return writeSnapshot(this, execution, memory, argumentsSize);
  }

  /** For `Instance.restore`: throws what that throws. */
  readSnapshot(snapshot: Uint8Array, execution: Execution, memory: GuestMemory, argumentsSize: number): void {
    readSnapshot(snapshot, this, execution, memory, argumentsSize);
  }

  #mapFor(argumentsSize: number): MemoryMap {
    const { stackSize, maxMemory } = this.limits;
    return this.program.memoryMap({
      pageSize: this.pageSize,
      auxDataSize: this.auxDataSize,
      argumentsSize,
      maxMemory,
      ...(stackSize > 0 ? { stackSize } : {}),
    });
  }
}

const meteringOf = (options: ModuleOptions, kind: Kind): Metering => {
  const { gas = 'none', gasGranularity: granularity = 'block' } = options;
  oneOf('gas', gas, ['none', 'sync', 'async']);
  oneOf('gasGranularity', granularity, ['block', 'instruction']);
  const model: GasModel = gasModel(options.gasModel ?? 'naive', kind);
  if (granularity === 'instruction' && model.shape !== 'sum') {
    throw fail('module/instruction-gas', { model: model.name });
  }
  return { gas, granularity, model };
};

const memoryModeOf = ({ memory = 'exact', dynamicPaging = false }: ModuleOptions): 'exact' | 'isolated' => {
  oneOf('memory', memory, dynamicPaging ? ['exact'] : ['exact', 'isolated']);
  return memory;
};

const oneOf = (option: string, value: unknown, allowed: readonly string[]): void => {
  if (!allowed.includes(value as string)) {
    throw fail('engine/option', { option, value, expected: `one of ${allowed.join(', ')}` });
  }
};

const auxSizeOf = ({ auxDataSize = 0 }: ModuleOptions): number => {
  if (auxDataSize === auxDataSize >>> 0) return auxDataSize;
  throw fail('engine/option', {
    option: 'auxDataSize',
    value: auxDataSize,
    expected: 'a 32-bit number of bytes',
  });
};
