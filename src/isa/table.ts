import type { Kind, PolkaVmKind } from '../core/kind.ts';
import { isRiscvKind } from '../core/kind.ts';
import { continues, endsBlock, type Row, type Rows } from './row.ts';
import { arithmetic } from './rows/arithmetic.ts';
import { bits } from './rows/bits.ts';
import { control } from './rows/control.ts';
import { memory } from './rows/memory.ts';

/**
 * THE TABLE: every instruction of the PolkaVM kinds and of RISC-V, once. Decoders, encoders, disassembler,
 * oracle, interpreter loops, gas models and the tables of SPEC.md are views of it.
 */
const PARTS: readonly Rows[] = [control, memory, arithmetic, bits];

/** All rows; an instruction's *operation number* is its index here. It is internal and changes between releases. */
export const ROWS: readonly Row[] = PARTS.flatMap((part) =>
  Object.entries(part).map(([name, body]) => ({ name, ...body })),
);

const NUMBERS: ReadonlyMap<string, number> = new Map(ROWS.map((r, index) => [r.name, index]));

/** The operation number of a name; throws for a name that is not in the table (a slip in our own code). */
export const operation = (name: string): number => {
  const op = NUMBERS.get(name);
  if (op === undefined) throw new Error(`no instruction is named ${name}`);
  return op;
};

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
