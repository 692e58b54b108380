import { makeBlob } from '../../src/blob/make.ts';
import { writeBlob } from '../../src/blob/write.ts';
import type { PolkaVmKind } from '../../src/core/kind.ts';
import { encodePolkaVm, MAX_ENCODED_LENGTH } from '../../src/decoder/encode-polkavm.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { operation } from '../../src/isa/table.ts';

/** Register numbers of PolkaVM kinds. */
export const RA = 0;
export const SP = 1;
export const T0 = 2;
export const S0 = 5;
export const S1 = 6;
export const A0 = 7;
export const A1 = 8;
export const A2 = 9;
export const A3 = 10;

type Operands = Partial<Record<'a' | 'b' | 'c' | 'x' | 'y', number>> & { readonly to?: string };

/** A label, or an instruction with its operands. */
export type Line = string | readonly [name: string, operands?: Operands];

export interface Source {
  readonly kind?: PolkaVmKind;
  readonly code: readonly Line[];
  /** Labels that are exported under their own names. */
  readonly exports?: readonly string[];
  readonly imports?: readonly string[];
  /** Labels; entry i has code address 2 * (i + 1). */
  readonly jumpTable?: readonly string[];
  readonly roData?: Uint8Array;
  readonly rwData?: Uint8Array;
  readonly rwDataSize?: number;
  readonly stackSize?: number;
}

export const RETURN: Line = ['jump_indirect', { a: RA }];

/** A program blob of hand-written instructions. */
export const assemble = (source: Source): Uint8Array => {
  const { kind = 'latest64', code: lines, imports = [], exports = [], jumpTable = [] } = source;
  const labels = new Map<string, number>();
  const bytes = new Uint8Array(lines.length * MAX_ENCODED_LENGTH);
  const starts: number[] = [];
  let length = 0;
  // Targets have as many bytes as they need: repeat until no label moves, which the same length does not prove.
  for (let moved = true; moved; ) {
    moved = false;
    length = 0;
    starts.length = 0;
    for (const line of lines) {
      if (typeof line === 'string') {
        moved ||= labels.get(line) !== length;
        labels.set(line, length);
        continue;
      }
      const [name, { to, ...operands } = {}] = line;
      const instruction = Object.assign(new Instruction(), { op: operation(name) }, operands);
      instruction.target = to === undefined ? 0 : (labels.get(to) ?? 0);
      starts.push(length);
      length += encodePolkaVm(instruction, kind, length, bytes, length);
    }
  }
  const bitmask = new Uint8Array(Math.ceil(length / 8));
  for (const start of starts) bitmask[start >> 3] = (bitmask[start >> 3] as number) | (1 << (start & 7));
  const at = (label: string): number => {
    const offset = labels.get(label);
    if (offset === undefined) throw new Error(`no label ${label}`);
    return offset;
  };
  const { roData, rwData, rwDataSize, stackSize = 4096 } = source;
  return writeBlob(
    makeBlob({
      kind,
      code: bytes.slice(0, length),
      bitmask,
      imports,
      exports: exports.map((symbol) => ({ symbol, offset: at(symbol) })),
      jumpTable: jumpTable.map(at),
      stackSize,
      ...(roData && { roData }),
      ...(rwData && { rwData }),
      ...(rwDataSize !== undefined && { rwDataSize }),
    }),
  );
};

/** The seed of the field: `add_numbers(a, b)` = a + b + what the host gives. */
export const addNumbers = (kind: 'latest32' | 'latest64'): Uint8Array => {
  const add = kind === 'latest32' ? 'add_32' : 'add_64';
  return assemble({
    kind,
    imports: ['get_third_number'],
    exports: ['add_numbers'],
    code: [
      'add_numbers',
      [add, { a: S0, b: A0, c: A1 }],
      ['ecalli', { x: 0 }],
      [add, { a: A0, b: A0, c: S0 }],
      RETURN,
    ],
  });
};

/** `work(n)`: a loop that uses stack, data, heap, memset, traps and host calls, and mixes all into its result. */
export const workload = (options: { readonly heap: boolean } = { heap: true }): Uint8Array =>
  assemble({
    kind: 'latest64',
    imports: ['give'],
    exports: ['work'],
    rwData: Uint8Array.from({ length: 100 }, (_, i) => i * 7),
    rwDataSize: 20_000,
    stackSize: 8192,
    code: [
      'work',
      ['move_reg', { a: S0, b: A0 }],
      ['load_imm', { a: S1, x: 1 }],
      ...(options.heap
        ? ([
            ['load_imm', { a: A1, x: 50_000 }],
            ['sbrk', { a: T0, b: A1 }],
          ] as Line[])
        : []),
      ['jump', { to: 'loop' }],
      'loop',
      ['move_reg', { a: A0, b: S0 }],
      ['ecalli', { x: 0 }],
      ['xor', { a: S1, b: S1, c: A0 }],
      ['mul_imm_64', { a: S1, b: S1, x: 0x5bd1e995 | 0 }],
      ['add_imm_64', { a: S1, b: S1, x: 12345 }],
      ['store_indirect_u64', { a: S1, b: SP, x: -16 }],
      ['and_imm', { a: A3, b: S1, x: 0x1ff8 }],
      ['load_indirect_u32', { a: A2, b: A3, x: 0x20000 }],
      ['add_64', { a: S1, b: S1, c: A2 }],
      ['store_indirect_u32', { a: S1, b: A3, x: 0x20000 }],
      ['and_imm', { a: A2, b: S1, x: 0x7f }],
      ['add_imm_64', { a: A0, b: A3, x: 0x20000 + 4096 }],
      ['move_reg', { a: A1, b: S1 }],
      ['memset'],
      ...(options.heap ? ([['store_indirect_u32', { a: S1, b: T0, x: -3000 }]] as Line[]) : []),
      ['load_indirect_u64', { a: A2, b: SP, x: -16 }],
      ['add_64', { a: S1, b: S1, c: A2 }],
      ['add_imm_64', { a: S0, b: S0, x: -1 }],
      ['branch_not_eq_imm', { a: S0, x: 0, to: 'loop' }],
      'end',
      ['move_reg', { a: A0, b: S1 }],
      RETURN,
    ],
  });
