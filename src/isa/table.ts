import type { Kind, PolkaVmKind } from '../core/kind.ts';
import { isRiscvKind } from '../core/kind.ts';
import { continues, endsBlock, type Row, type RowBody } from './row.ts';
import { arithmetic } from './rows/arithmetic.ts';
import { bits } from './rows/bits.ts';
import { control } from './rows/control.ts';
import { memory } from './rows/memory.ts';

/**
 * THE TABLE: every instruction of the PolkaVM kinds and of RISC-V, once. Decoders, encoders, disassembler,
 * oracle, interpreter loops, gas models and the tables of SPEC.md are views of it.
 */
const bodies = { ...control, ...memory, ...arithmetic, ...bits };

export type Name = keyof typeof bodies;

/** All rows; an instruction's *operation number* is its index here. It is internal and changes between releases. */
export const ROWS: readonly Row[] = Object.entries<RowBody>(bodies).map(([name, body]) => ({ name, ...body }));

/** Operation numbers by name. */
export const OP: Readonly<Record<Name, number>> = Object.fromEntries(
  ROWS.map((r, index) => [r.name, index]),
) as Record<Name, number>;

/** Bytes that are no instruction of the kind decode to this operation number; it behaves as `trap`. */
export const INVALID: number = ROWS.length;

/** True for the operation numbers after which a new basic block begins. */
export const isTerminator = (op: number): boolean => op === INVALID || (TERMINATORS[op] as number) === 1;

/** True for operation numbers after which control may go on to the following instruction. */
export const mayContinue = (op: number): boolean => op !== INVALID && (CONTINUES[op] as number) === 1;

const TERMINATORS = Uint8Array.from(ROWS, (r) => (endsBlock(r) ? 1 : 0));
const CONTINUES = Uint8Array.from(ROWS, (r) => (continues(r) ? 1 : 0));

const opcodeTables = new Map<Kind, Uint16Array>();

/** Operation number for each of the 256 opcodes of a PolkaVM kind; `INVALID` where there is none. */
export const operationsByOpcode = (kind: PolkaVmKind): Uint16Array => {
  let table = opcodeTables.get(kind);
  if (table === undefined) {
    table = new Uint16Array(256).fill(INVALID);
    for (const [op, r] of ROWS.entries()) {
      const code = r.opcodes[kind];
      if (code !== undefined) table[code] = op;
    }
    opcodeTables.set(kind, table);
  }
  return table;
};

/** True when a kind has the instruction. */
export const existsIn = (r: Row, kind: Kind): boolean =>
  isRiscvKind(kind)
    ? r.encodings.some((e) => e.width === 'both' || e.width === (kind === 'rv32' ? 32 : 64))
    : r.opcodes[kind] !== undefined;
