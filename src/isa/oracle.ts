import type { Width } from '../core/kind.ts';
import type { Sem } from './sem.ts';

/**
 * The meaning of the vocabulary in bigint arithmetic: slow, obvious, and the judge of every engine.
 *
 * Values are unsigned and as wide as the registers. Tests and the cross-check use it, engines never.
 */
export const oracle = (width: Width): Sem<bigint> => {
  const u = (v: bigint): bigint => BigInt.asUintN(width, v);
  const s = (v: bigint): bigint => BigInt.asIntN(width, v);
  const u32 = (v: bigint): bigint => BigInt.asUintN(32, v);
  const s32 = (v: bigint): bigint => BigInt.asIntN(32, v);
  const bool = (b: boolean): bigint => (b ? 1n : 0n);
  const w = BigInt(width);
  const count = (v: bigint, bits: number, stopAt: (bit: bigint) => boolean, fromTop: boolean): bigint => {
    for (let i = 0; i < bits; i++) {
      if (stopAt((v >> BigInt(fromTop ? bits - 1 - i : i)) & 1n)) return BigInt(i);
    }
    return BigInt(bits);
  };
  const ones = (v: bigint): bigint => BigInt(v.toString(2).replaceAll('0', '').length);
  const rotl = (v: bigint, n: bigint, bits: bigint): bigint => {
    const distance = ((n % bits) + bits) % bits;
    return (v << distance) | (v >> (bits - distance));
  };
  const bytes = (v: bigint): bigint[] =>
    Array.from({ length: width / 8 }, (_, i) => (v >> BigInt(8 * i)) & 0xffn);
  const fromBytes = (list: bigint[]): bigint => list.reduce((sum, b, i) => sum | (b << BigInt(8 * i)), 0n);

  return {
    imm: (value) => u(BigInt(value)),
    join: (lo, hi) => u(u32(lo) | (u32(hi) << 32n)),
    add: (a, b) => u(a + b),
    sub: (a, b) => u(a - b),
    mul: (a, b) => u(a * b),
    mulh: (a, b) => u((s(a) * s(b)) >> w),
    mulhu: (a, b) => u((a * b) >> w),
    mulhsu: (a, b) => u((s(a) * b) >> w),
    // BigInt division truncates towards zero, as RISC-V's does; MIN / -1 wraps to MIN by u().
    div: (a, b) => (b === 0n ? u(-1n) : u(s(a) / s(b))),
    divu: (a, b) => (b === 0n ? u(-1n) : a / b),
    rem: (a, b) => (b === 0n ? a : u(s(a) % s(b))),
    remu: (a, b) => (b === 0n ? a : a % b),
    div32: (a, b) => (u32(b) === 0n ? u(-1n) : u(s32(s32(a) / s32(b)))),
    divu32: (a, b) => (u32(b) === 0n ? u(-1n) : u(s32(u32(a) / u32(b)))),
    rem32: (a, b) => (u32(b) === 0n ? u(s32(a)) : u(s32(s32(a) % s32(b)))),
    remu32: (a, b) => (u32(b) === 0n ? u(s32(a)) : u(s32(u32(a) % u32(b)))),
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    shl: (a, n) => u(a << (n % w)),
    shr: (a, n) => a >> (n % w),
    sar: (a, n) => u(s(a) >> (n % w)),
    rotl: (a, n) => u(rotl(a, n, w)),
    rotr: (a, n) => u(rotl(a, -n, w)),
    shl32: (a, n) => u(s32(a << (n % 32n))),
    shr32: (a, n) => u(s32(u32(a) >> (n % 32n))),
    sar32: (a, n) => u(s32(a) >> (n % 32n)),
    rotl32: (a, n) => u(s32(rotl(u32(a), n, 32n))),
    rotr32: (a, n) => u(s32(rotl(u32(a), -n, 32n))),
    eq: (a, b) => bool(a === b),
    ne: (a, b) => bool(a !== b),
    lt: (a, b) => bool(s(a) < s(b)),
    ltu: (a, b) => bool(a < b),
    ge: (a, b) => bool(s(a) >= s(b)),
    geu: (a, b) => bool(a >= b),
    select: (c, a, b) => (c !== 0n ? a : b),
    sx8: (a) => u(BigInt.asIntN(8, a)),
    sx16: (a) => u(BigInt.asIntN(16, a)),
    sx32: (a) => u(s32(a)),
    zx16: (a) => BigInt.asUintN(16, a),
    zx32: (a) => u32(a),
    clz: (a) => count(a, width, (bit) => bit === 1n, true),
    ctz: (a) => count(a, width, (bit) => bit === 1n, false),
    popcnt: ones,
    clz32: (a) => count(u32(a), 32, (bit) => bit === 1n, true),
    ctz32: (a) => count(u32(a), 32, (bit) => bit === 1n, false),
    popcnt32: (a) => ones(u32(a)),
    bswap: (a) => fromBytes(bytes(a).reverse()),
    orcb: (a) => fromBytes(bytes(a).map((b) => (b === 0n ? 0n : 0xffn))),
  };
};
