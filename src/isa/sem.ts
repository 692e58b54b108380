/**
 * The vocabulary in which the meaning of an instruction is written, once, for every consumer.
 *
 * `V` is a consumer's own idea of a register-wide value: a bigint (oracle), JavaScript text (interpreter
 * generator), a formula (documentation), WebAssembly bytes (JIT). Values are as wide as the registers of the
 * program's kind, 32 or 64 bits, and wrap. Operators with `32` in their name look at the low 32 bits of their
 * operands and sign-extend a 32-bit result; in 32-bit kinds they are the same as those without.
 *
 * Memory access, control flow and host calls are not in here: they leave a row as data (`Effect` in row.ts),
 * because engines group checks, place side exits and structure control flow differently.
 */
export interface Sem<V> {
  /** A constant: a signed 32-bit number, sign-extended to the register width. */
  imm(value: number): V;
  /** 64-bit kinds: the low 32 bits of `lo`, with the low 32 bits of `hi` above them. */
  join(lo: V, hi: V): V;
  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  mul(a: V, b: V): V;
  /** High half of the double-width product: signed × signed, unsigned × unsigned, signed × unsigned. */
  mulh(a: V, b: V): V;
  mulhu(a: V, b: V): V;
  mulhsu(a: V, b: V): V;
  /** Division as RISC-V defines it: x/0 is all ones, MIN/−1 is MIN. */
  div(a: V, b: V): V;
  divu(a: V, b: V): V;
  /** Remainder as RISC-V defines it: x mod 0 is x, MIN mod −1 is 0. */
  rem(a: V, b: V): V;
  remu(a: V, b: V): V;
  div32(a: V, b: V): V;
  divu32(a: V, b: V): V;
  rem32(a: V, b: V): V;
  remu32(a: V, b: V): V;
  and(a: V, b: V): V;
  or(a: V, b: V): V;
  xor(a: V, b: V): V;
  /** Shifts and rotations take their distance modulo the width they work on. */
  shl(a: V, n: V): V;
  shr(a: V, n: V): V;
  sar(a: V, n: V): V;
  rotl(a: V, n: V): V;
  rotr(a: V, n: V): V;
  shl32(a: V, n: V): V;
  shr32(a: V, n: V): V;
  sar32(a: V, n: V): V;
  rotl32(a: V, n: V): V;
  rotr32(a: V, n: V): V;
  /** Comparisons give 0 or 1. */
  eq(a: V, b: V): V;
  ne(a: V, b: V): V;
  lt(a: V, b: V): V;
  ltu(a: V, b: V): V;
  /** 1 when `a >= b`. */
  ge(a: V, b: V): V;
  geu(a: V, b: V): V;
  /** `c` not zero: `a`, else `b`. Both sides are evaluated. */
  select(c: V, a: V, b: V): V;
  /** Sign- or zero-extension of the low bits. */
  sx8(a: V): V;
  sx16(a: V): V;
  sx32(a: V): V;
  zx16(a: V): V;
  zx32(a: V): V;
  /** Leading zeros, trailing zeros, ones; of zero: the width. */
  clz(a: V): V;
  ctz(a: V): V;
  popcnt(a: V): V;
  clz32(a: V): V;
  ctz32(a: V): V;
  popcnt32(a: V): V;
  /** Byte order reversed over the register width. */
  bswap(a: V): V;
  /** Each byte becomes 0xFF unless it was 0 (`orc.b`). */
  orcb(a: V): V;
}

/**
 * The values of an instruction's operands: registers `a`, `b`, `c`, immediates `x`, `y`. A consumer reads an
 * operand only where the row's form has it.
 */
export interface Values<V> {
  readonly a: V;
  readonly b: V;
  readonly c: V;
  readonly x: V;
  readonly y: V;
}

/** What an instruction computes from its operands, in any consumer's vocabulary. */
export type Meaning = <V>(s: Sem<V>, o: Values<V>) => V;
