/**
 * What V8 accepts at most. Its numbers (wasm-limits.h) are those of the WebAssembly JavaScript interface, section
 * "Implementation-defined limits", so that other engines have them too.
 */

/** Bytes of a function's body, declarations of locals included. */
export const MAX_FUNCTION_BYTES = 7_654_321;
/** Locals of a function, parameters included. */
export const MAX_LOCALS = 50_000;
/** Targets of one `br_table`, not counting the default. */
export const MAX_TABLE_TARGETS = 65_520;
/**
 * Branches to one construct, each target of a `br_table` counted. V8 keeps the number of a merge's predecessors in 16
 * bits, unchecked in some versions, which crashes the process (issues.chromium.org/issues/481074858). The way that
 * falls through and the sides of an `if` are predecessors as well.
 */
export const MAX_BRANCHES = 65_530;
/** Bytes of a module. */
export const MAX_MODULE_BYTES = 1_073_741_824;

/**
 * Thrown when what is being encoded is more than an engine accepts. It never leaves the JIT: whoever translates
 * catches it and translates less at once.
 */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
  /** The limit's value. */
  readonly limit: number;

  constructor(what: string, limit: number) {
    super(`more than ${limit} ${what}`);
    this.limit = limit;
  }
}
