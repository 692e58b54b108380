/** Value types, by their byte in the binary format. */
export const I32_TYPE = 0x7f;
export const I64_TYPE = 0x7e;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;

export type RefType = typeof FUNCREF | typeof EXTERNREF;
export type ValueType = typeof I32_TYPE | typeof I64_TYPE | RefType;

/** A function type of a module: made by `ModuleBuilder.type`, the same object for the same types. */
export interface FunctionType {
  readonly index: number;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Sizes of a memory, in pages of 64 KiB, or of a table, in entries. */
export interface Limits {
  readonly initial: number;
  readonly maximum?: number;
  /** Memories only: shared between threads; needs a maximum. */
  readonly shared?: boolean;
}
