/**
 * Opcodes of the binary format that translated code consists of, by the type they work on. `FunctionBody.op` takes
 * those without immediates; what has some has a method there, which takes `LOAD` or `STORE` where there are many.
 */

/** Of any type. */
export const ANY = {
  unreachable: 0x00,
  nop: 0x01,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
} as const;

export const I32 = {
  eqz: 0x45,
  eq: 0x46,
  ne: 0x47,
  ltS: 0x48,
  ltU: 0x49,
  gtS: 0x4a,
  gtU: 0x4b,
  leS: 0x4c,
  leU: 0x4d,
  geS: 0x4e,
  geU: 0x4f,
  clz: 0x67,
  ctz: 0x68,
  popcnt: 0x69,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  divS: 0x6d,
  divU: 0x6e,
  remS: 0x6f,
  remU: 0x70,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrS: 0x75,
  shrU: 0x76,
  rotl: 0x77,
  rotr: 0x78,
  wrapI64: 0xa7,
  extend8S: 0xc0,
  extend16S: 0xc1,
} as const;

export const I64 = {
  eqz: 0x50,
  eq: 0x51,
  ne: 0x52,
  ltS: 0x53,
  ltU: 0x54,
  gtS: 0x55,
  gtU: 0x56,
  leS: 0x57,
  leU: 0x58,
  geS: 0x59,
  geU: 0x5a,
  clz: 0x79,
  ctz: 0x7a,
  popcnt: 0x7b,
  add: 0x7c,
  sub: 0x7d,
  mul: 0x7e,
  divS: 0x7f,
  divU: 0x80,
  remS: 0x81,
  remU: 0x82,
  and: 0x83,
  or: 0x84,
  xor: 0x85,
  shl: 0x86,
  shrS: 0x87,
  shrU: 0x88,
  rotl: 0x89,
  rotr: 0x8a,
  extendI32S: 0xac,
  extendI32U: 0xad,
  extend8S: 0xc2,
  extend16S: 0xc3,
  extend32S: 0xc4,
} as const;

/** Loads: the type of the value, then sign and bits of what is in memory where it is narrower. */
export const LOAD = {
  i32: 0x28,
  i64: 0x29,
  i32S8: 0x2c,
  i32U8: 0x2d,
  i32S16: 0x2e,
  i32U16: 0x2f,
  i64S8: 0x30,
  i64U8: 0x31,
  i64S16: 0x32,
  i64U16: 0x33,
  i64S32: 0x34,
  i64U32: 0x35,
} as const;

/** Stores: the type of the value, then how many of its bits are stored where not all are. */
export const STORE = {
  i32: 0x36,
  i64: 0x37,
  i32As8: 0x3a,
  i32As16: 0x3b,
  i64As8: 0x3c,
  i64As16: 0x3d,
  i64As32: 0x3e,
} as const;

/** Opcodes with immediates, which `FunctionBody` writes. */
export const WITH_IMMEDIATES = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  refNull: 0xd0,
  refFunc: 0xd2,
  /** Before the numbers of the next group. */
  prefix: 0xfc,
} as const;

/** Opcodes behind `WITH_IMMEDIATES.prefix`. */
export const PREFIXED = {
  memoryCopy: 0x0a,
  memoryFill: 0x0b,
  tableGrow: 0x0f,
  tableSize: 0x10,
} as const;

/** Logarithm of the bytes accessed, by opcode of `LOAD` or `STORE` from 0x28 on; floating point is among them. */
export const NATURAL_ALIGNMENTS: Uint8Array = Uint8Array.of(
  ...[2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2],
  ...[2, 3, 2, 3, 0, 1, 0, 1, 2],
);

type ValuesOf<T> = T[keyof T];
export type Opcode = ValuesOf<typeof ANY> | ValuesOf<typeof I32> | ValuesOf<typeof I64>;
export type LoadOpcode = ValuesOf<typeof LOAD>;
export type StoreOpcode = ValuesOf<typeof STORE>;
