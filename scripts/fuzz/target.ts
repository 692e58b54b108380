import { isRiscvKind, type Kind, type Width, widthOf } from '../../src/core/kind.ts';
import { existsInWidth } from '../../src/isa/encoding.ts';
import type { Effect, Row } from '../../src/isa/row.ts';
import { existsIn, ROWS } from '../../src/isa/table.ts';
import type { MemoryMap } from '../../src/memory/map.ts';
import { codeBase, type Layout, mapOf } from './layout.ts';

/** Memory of a program that accesses can be aimed at. */
export interface Area {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly writable: boolean;
}

/** Registers by what generated code uses them for. */
export interface Roles {
  readonly returnAddress: number;
  readonly stackPointer: number;
  /** Callee-saved: loop counters, pointers. */
  readonly saved: readonly number[];
  /** For everything else; calls leave nothing in them. */
  readonly scratch: readonly number[];
  /** The first arguments, which are scratch registers too. */
  readonly arguments: readonly number[];
  /** Selects a host call; -1 where the instruction does. */
  readonly callNumber: number;
  readonly count: number;
}

// Numbers from src/vm/abi.ts; of RISC-V's two sets only what E programs have as well is in both.
const POLKAVM_ROLES: Roles = {
  returnAddress: 0,
  stackPointer: 1,
  saved: [4, 5, 6, 11, 12],
  scratch: [2, 3, 7, 8, 9, 10],
  arguments: [7, 8, 9],
  callNumber: -1,
  count: 13,
};
const RISCV_ROLES: Roles = {
  returnAddress: 1,
  stackPointer: 2,
  saved: [8, 9, 18, 19, 20, 21, 22, 23, 24, 25],
  scratch: [5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 28, 29, 30, 31],
  arguments: [10, 11, 12],
  callNumber: 17,
  count: 32,
};
const EMBEDDED_ROLES: Roles = {
  returnAddress: 1,
  stackPointer: 2,
  saved: [3, 4, 8, 9, 15],
  scratch: [6, 7, 10, 11, 12, 13, 14],
  arguments: [10, 11, 12],
  callNumber: 5,
  count: 16,
};

/** An operation that the kind has. */
export interface Operation {
  readonly op: number;
  readonly row: Row;
}

const operationsOf = (kind: Kind): readonly Operation[] =>
  ROWS.map((row, op) => ({ op, row })).filter(({ row }) => existsIn(row, kind));

const operationLists = new Map<Kind, readonly Operation[]>();

/** What code is generated for: a kind on a memory layout. */
export class Target {
  readonly kind: Kind;
  readonly width: Width;
  readonly riscv: boolean;
  readonly layout: Layout;
  readonly map: MemoryMap;
  readonly roles: Roles;
  readonly operations: readonly Operation[];
  readonly areas: readonly Area[];
  /** Index in the source's data of what can hold tables; -1 when there is no such part. */
  readonly tablePart: number;
  /** Guest address of that part. */
  readonly tableAddress: number;

  constructor(kind: Kind, layout: Layout, maxMemory: number) {
    this.kind = kind;
    this.width = widthOf(kind);
    this.riscv = isRiscvKind(kind);
    this.layout = layout;
    this.map = mapOf(layout, maxMemory);
    this.roles = !this.riscv ? POLKAVM_ROLES : layout.embedded ? EMBEDDED_ROLES : RISCV_ROLES;
    let operations = operationLists.get(kind);
    if (operations === undefined) {
      operations = operationsOf(kind);
      operationLists.set(kind, operations);
    }
    this.operations = operations;
    this.areas = this.map.regions
      .filter(({ size }) => size > 0)
      .map(({ name, start, size, writable }) => ({ name, start, size, writable }));
    this.tablePart = this.riscv
      ? layout.segments.findIndex((s) => !s.executable && s.size >= 2048)
      : layout.container !== 'jam-raw' && layout.ro >= 1024
        ? 0
        : -1;
    const region = this.map.regions.find(({ name }) => name === 'read-only');
    this.tableAddress =
      this.tablePart < 0 ? 0 : ((this.riscv ? layout.segments[this.tablePart]?.address : region?.start) ?? 0);
  }

  get codeBase(): number {
    return codeBase(this.layout);
  }

  /** The operations with an effect of a kind. */
  withEffect(...kinds: readonly Effect['kind'][]): readonly Operation[] {
    return this.operations.filter(({ row }) => kinds.includes(row.effect.kind));
  }

  has(name: string): boolean {
    return this.operations.some(({ row }) => row.name === name);
  }

  /** Encodings of a row in this width; none in PolkaVM kinds. */
  encodings(row: Row): Row['encodings'] {
    return this.riscv ? row.encodings.filter((e) => existsInWidth(e.width, this.width)) : [];
  }

  /** Areas that a program may write, or all. */
  areasFor(write: boolean): readonly Area[] {
    return write ? this.areas.filter(({ writable }) => writable) : this.areas;
  }
}
