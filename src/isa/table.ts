import { isRiscvKind, type Kind, type PolkaVmKind, widthOf } from '../core/kind.ts';
import { existsInWidth } from './encoding.ts';
import {
  ENCODING_BITS,
  ENCODING_FORMATS,
  NAMES,
  OPCODE_STEPS,
  ROW_FORMATS,
  ROW_KINDS,
  ROW_SHAPES,
  SHAPES,
} from './packed.generated.ts';
import { type EncodingFormat, unpackEncoding, unpackOpcodes } from './packing.ts';
import { continues, endsBlock, type Row } from './row.ts';

let opcode = 0;
let encoding = 0;

/**
 * All instructions, by name, as engines need them: the generated view of the full table (full-table.ts). An
 * instruction's *operation number* is its index here. It is internal and changes between releases.
 */
export const ROWS: readonly Row[] = NAMES.split(' ').map((name, op) => {
  const [form, effect, cost] = SHAPES[ROW_SHAPES[op] as number] as (typeof SHAPES)[number];
  opcode += OPCODE_STEPS[op] as number;
  const encodings = (ROW_FORMATS[op] as readonly number[]).map((format) =>
    unpackEncoding(ENCODING_FORMATS[format] as EncodingFormat, ENCODING_BITS[encoding++] as number),
  );
  return { name, form, opcodes: unpackOpcodes(opcode, ROW_KINDS[op] as number), encodings, effect, cost };
});

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
export const existsIn = (r: Pick<Row, 'opcodes' | 'encodings'>, kind: Kind): boolean =>
  isRiscvKind(kind)
    ? r.encodings.some((e) => existsInWidth(e.width, widthOf(kind)))
    : r.opcodes[kind] !== undefined;
