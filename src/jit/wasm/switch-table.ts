import { FUNCTION_TABLE_BYTES } from './function-table.ts';

/** Bytes for tables of switches, behind the table of functions. What no longer fits is compared by the engine. */
const SWITCH_TABLES_BYTES = 1 << 18;
/** Bytes of all tables of the tier in linear memory. */
export const TIER_BYTES: number = FUNCTION_TABLE_BYTES + SWITCH_TABLES_BYTES;

/** Numbers of cases in a table of bytes, the one for none of them included. */
const MOST_NUMBERS = 256;
/** Entries for each case from which on V8 compares instead of making a jump table (instruction-selector, VisitSwitch). */
const SPARSE = 2;

/**
 * Code addresses of a switch lie some instructions apart, and for a table so sparse V8 makes a tree of comparisons. So
 * a table of bytes in linear memory gives the number of the case, and those are dense.
 */
export const isWorthTable = (entries: number, cases: number): boolean =>
  entries > SPARSE * cases && cases > 4 && cases < MOST_NUMBERS;

/** Gives out places for the tables of one program. */
export class SwitchTables {
  #used = FUNCTION_TABLE_BYTES;

  /** Offset of a table of so many bytes from the tier's first byte; undefined when there is no room. */
  place(bytes: number): number | undefined {
    if (this.#used + bytes > TIER_BYTES) return undefined;
    const at = this.#used;
    this.#used += bytes;
    return at;
  }
}
