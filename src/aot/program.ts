import { contentHash } from '../core/content-hash.ts';
import type { Kind, Width } from '../core/kind.ts';
import { isRiscvKind, widthOf } from '../core/kind.ts';
import type { Program, ProgramExport } from '../decoder/program.ts';
import type { Execution, Metering } from '../jit/tier.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import type { HomeSource } from '../memory/linear-home.ts';
import { isHostFilled, type MemoryMap, type Region, riscvHeapLimit, roundUp } from '../memory/region.ts';
import { type Limits, limitsFrom } from '../sandbox/limits.ts';
import { type Abi, abiOf } from '../vm/abi.ts';
import type { AnyModule } from '../vm/any-module.ts';
import type { Entry } from '../vm/calls.ts';
import { PartMissing } from '../vm/errors.ts';
import { ExportTable } from '../vm/export-table.ts';
import type { Translated } from './doorway.ts';
import { fail } from './errors.ts';
import type { Facts } from './facts.ts';
import { Homes } from './homes.ts';
import { type AotImports, AotInstance } from './instance.ts';
import type { Interpreter } from './interpreter.ts';
import { AotMemory } from './memory.ts';
import type { Contents } from './sections.ts';
import { type Handover, StraightExecution, type StraightProgram, type TakenOver } from './straight.ts';

/** What a page may choose of a program that was translated elsewhere. The stack is fixed. */
export interface ProgramOptions extends Partial<Omit<Limits, 'stackSize'>> {
  /** The program file, for translations that do not contain it. */
  readonly program?: Uint8Array;
  /** Metering that the program must have been translated for. */
  readonly gas?: Facts['gas'];
  readonly gasGranularity?: Facts['gasGranularity'];
  readonly gasModel?: Facts['gasModel'];
}

/**
 * A program that was translated ahead of time: a module like those of `Engine.compile`, without a translator and, as
 * long as nothing needs it, without an interpreter.
 */
export class AotProgram implements AnyModule, StraightProgram {
  readonly facts: Facts;
  readonly places: Contents['places'];
  readonly module: WebAssembly.Module;
  readonly pool: HomeSource = new Homes();
  readonly kind: Kind;
  readonly width: Width;
  readonly imports: readonly (string | undefined)[];
  readonly exports: readonly ProgramExport[];
  readonly abi: Abi;
  readonly limits: Limits;
  readonly dynamicPaging = false;
  readonly memoryMap: MemoryMap;
  /** The program file. */
  readonly bytes: Uint8Array;
  readonly #exports: ExportTable;
  #interpreter: Interpreter | undefined;
  #loading: Promise<void> | undefined;

  /** Throws aot/program, aot/program-missing, aot/metering, limits/range. */
  constructor(module: WebAssembly.Module, contents: Contents, options: ProgramOptions) {
    const { facts } = contents;
    this.module = module;
    this.facts = facts;
    this.places = contents.places;
    this.limits = limitsFrom({ ...options, stackSize: facts.stackSize });
    for (const option of ['gas', 'gasGranularity', 'gasModel'] as const) {
      const value = options[option];
      const translated = facts[option];
      if (value !== undefined && JSON.stringify(value) !== JSON.stringify(translated))
        throw fail('aot/metering', { option, value, translated });
    }
    this.bytes = programOf(contents, options.program);
    this.kind = facts.kind;
    this.width = widthOf(facts.kind);
    this.imports = facts.imports.map((name) => name ?? undefined);
    this.exports = facts.exports.map(([name, pc]) => ({ name, pc }));
    this.abi = abiOf({ kind: facts.kind, riscv: { embedded: facts.embedded } });
    this.memoryMap = mapOf(facts, this.bytes, this.limits.maxMemory);
    this.#exports = new ExportTable(this.exports);
  }

  get registerCount(): number {
    return isRiscvKind(this.kind) ? this.abi.names.length : 13;
  }
  get container(): Facts['program']['container'] {
    return this.facts.program.container;
  }
  get programHeaders(): Facts['programHeaders'] {
    return this.facts.programHeaders;
  }
  get entry(): number | undefined {
    return this.facts.entry;
  }
  get pageSize(): number {
    return this.facts.pageSize;
  }
  get auxDataSize(): number {
    return this.facts.auxDataSize;
  }
  /** Throws PartMissing while the interpreter is not loaded. */
  get program(): Program {
    return this.#needed('the decoded program').module.program;
  }
  /** Throws PartMissing while the interpreter is not loaded. */
  get metering(): Metering {
    return this.#needed('metering').module.metering;
  }
  get translatedBlocks(): number {
    return this.#interpreter?.blocks ?? 0;
  }

  /** Loads the interpreter, so that synchronous runs have it when they need it. */
  prepare(): Promise<void> {
    this.#loading ??= import('./interpreter.ts').then(({ Interpreter }) => {
      this.#interpreter = new Interpreter(this, this.bytes, this.limits);
    });
    return this.#loading;
  }

  #needed(operation: string): Interpreter {
    if (this.#interpreter !== undefined) return this.#interpreter;
    throw new PartMissing(fail('aot/interpreter', { operation }), () => this.prepare());
  }

  takeOver(operation: string, memory: GuestMemory, handover: Handover): TakenOver {
    return this.#needed(operation).execution(memory, handover);
  }

  entryPoint(entry: Entry): number {
    return this.#exports.entryPoint(entry);
  }

  /** Throws PartMissing while the interpreter is not loaded. */
  gasCostAt(pc: number): number | undefined {
    return this.#needed('a price').module.gasCostAt(pc);
  }

  /**
   * An instance whose host calls plain functions answer, by the name of their import or by their number. Throws
   * linker/missing-imports, memory/limit, aot/memory. For everything else that instances can do, pass the program to a
   * `Linker` of `riscbox`.
   */
  instantiate(imports: AotImports = {}): AotInstance {
    return new AotInstance(this, imports);
  }

  newMemory(argumentsSize: number): GuestMemory {
    return new AotMemory(
      withArguments(this.memoryMap, argumentsSize),
      this.limits.maxMemory,
      () => this.#needed('saving memory').saving,
    );
  }

  newExecution(memory: GuestMemory): Execution {
    return new StraightExecution(this, memory);
  }

  writeSnapshot(...args: Parameters<AnyModule['writeSnapshot']>): Uint8Array {
    return this.#needed('a snapshot').module.writeSnapshot(...args);
  }

  readSnapshot(...args: Parameters<AnyModule['readSnapshot']>): void {
    this.#needed('a snapshot').module.readSnapshot(...args);
  }
}

/** The program file, with the right hash. */
const programOf = ({ facts, program: embedded }: Contents, given: Uint8Array | undefined): Uint8Array => {
  const program = given ?? embedded;
  if (program === undefined) throw fail('aot/program-missing', {});
  const expected = facts.program.hash;
  const found = contentHash(program);
  if (found !== expected || program.length !== facts.program.length) {
    throw fail('aot/program', { expected, found });
  }
  return program;
};

const mapOf = ({ map, kind }: Facts, file: Uint8Array, maxMemory: number): MemoryMap => {
  const regions = map.regions.map(
    ({ from, length, ...region }): Region => ({ ...region, data: file.subarray(from, from + length) }),
  );
  if (!isRiscvKind(kind)) return { ...map, regions };
  const { base } = map.heap;
  return { ...map, regions, heap: { base, limit: riscvHeapLimit(regions, base, maxMemory) } };
};

/** JAM standard programs: the map with so many bytes of arguments. */
const withArguments = (map: MemoryMap, size: number): MemoryMap =>
  size === 0
    ? map
    : {
        ...map,
        regions: map.regions.map((region) =>
          isHostFilled(region) ? { ...region, size: roundUp(size, map.pageSize) } : region,
        ),
      };

export type { Translated };
