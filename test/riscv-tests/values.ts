/** Operand values and result formulas of the register and immediate instructions, in plain BigInt. */

export type Xlen = 32 | 64;

const signed = (value: bigint, bits: number): bigint => BigInt.asIntN(bits, value);
const unsigned = (value: bigint, bits: number): bigint => BigInt.asUintN(bits, value);

/** Result for two operands given as unsigned XLEN-bit numbers; anything congruent modulo 2^XLEN will do. */
export type Binary = (a: bigint, b: bigint, xlen: Xlen) => bigint;
export type Unary = (a: bigint, xlen: Xlen) => bigint;

const s = signed;
const bool = (b: boolean): bigint => (b ? 1n : 0n);
const pick = (first: boolean, a: bigint, b: bigint): bigint => (first ? a : b);
/** Shift distances use the low log2(XLEN) bits. */
const distance = (b: bigint, bits: number): bigint => b & BigInt(bits - 1);
const rotateLeft = (a: bigint, by: bigint, bits: number): bigint => (a << by) | (a >> (BigInt(bits) - by));

// Division truncates towards zero; by zero it gives all ones and the dividend; the one overflow
// gives the dividend and zero (RISC-V unprivileged ISA, "M" extension, table of special cases).
const divideSigned = (a: bigint, b: bigint, bits: number): bigint =>
  b === 0n ? -1n : s(a, bits) / s(b, bits);
const remainderSigned = (a: bigint, b: bigint, bits: number): bigint =>
  b === 0n ? a : s(a, bits) % s(b, bits);
const divideUnsigned = (a: bigint, b: bigint): bigint => (b === 0n ? -1n : a / b);
const remainderUnsigned = (a: bigint, b: bigint): bigint => (b === 0n ? a : a % b);

/** Runs a formula on the low words and sign-extends, as all `w` instructions do. */
const onWords =
  (f: (a: bigint, b: bigint) => bigint): Binary =>
  (a, b) =>
    s(f(unsigned(a, 32), unsigned(b, 32)), 32);

const leadingZeros = (a: bigint, bits: number): bigint =>
  BigInt(bits - (a === 0n ? 0 : a.toString(2).length));
const trailingZeros = (a: bigint, bits: number): bigint => {
  for (let i = 0; i < bits; i++) if ((a >> BigInt(i)) & 1n) return BigInt(i);
  return BigInt(bits);
};
const population = (a: bigint): bigint => BigInt(a.toString(2).replaceAll('0', '').length);
const bytesOf = (a: bigint, xlen: Xlen): bigint[] =>
  Array.from({ length: xlen / 8 }, (_, i) => (a >> BigInt(8 * i)) & 0xffn);
const fromBytes = (bytes: readonly bigint[]): bigint =>
  bytes.reduceRight((sum, byte) => (sum << 8n) | byte, 0n);
const low = (a: bigint): bigint => unsigned(a, 32);

/** Keyed by folder (extension, with 64 where the instruction exists only there), then by mnemonic. */
export const binaries: Readonly<Record<string, Readonly<Record<string, Binary>>>> = {
  i: {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    sll: (a, b, x) => a << distance(b, x),
    slt: (a, b, x) => bool(s(a, x) < s(b, x)),
    sltu: (a, b) => bool(a < b),
    xor: (a, b) => a ^ b,
    srl: (a, b, x) => a >> distance(b, x),
    sra: (a, b, x) => s(a, x) >> distance(b, x),
    or: (a, b) => a | b,
    and: (a, b) => a & b,
  },
  i64: {
    addw: onWords((a, b) => a + b),
    subw: onWords((a, b) => a - b),
    sllw: onWords((a, b) => a << distance(b, 32)),
    srlw: onWords((a, b) => a >> distance(b, 32)),
    sraw: onWords((a, b) => s(a, 32) >> distance(b, 32)),
  },
  m: {
    mul: (a, b) => a * b,
    mulh: (a, b, x) => (s(a, x) * s(b, x)) >> BigInt(x),
    mulhsu: (a, b, x) => (s(a, x) * b) >> BigInt(x),
    mulhu: (a, b, x) => (a * b) >> BigInt(x),
    div: divideSigned,
    divu: divideUnsigned,
    rem: remainderSigned,
    remu: remainderUnsigned,
  },
  m64: {
    mulw: onWords((a, b) => a * b),
    divw: onWords((a, b) => divideSigned(a, b, 32)),
    divuw: onWords(divideUnsigned),
    remw: onWords((a, b) => remainderSigned(a, b, 32)),
    remuw: onWords(remainderUnsigned),
  },
  zba: {
    sh1add: (a, b) => (a << 1n) + b,
    sh2add: (a, b) => (a << 2n) + b,
    sh3add: (a, b) => (a << 3n) + b,
  },
  zba64: {
    'add.uw': (a, b) => low(a) + b,
    'sh1add.uw': (a, b) => (low(a) << 1n) + b,
    'sh2add.uw': (a, b) => (low(a) << 2n) + b,
    'sh3add.uw': (a, b) => (low(a) << 3n) + b,
  },
  zbb: {
    andn: (a, b) => a & ~b,
    orn: (a, b) => a | ~b,
    xnor: (a, b) => ~(a ^ b),
    max: (a, b, x) => pick(s(a, x) > s(b, x), a, b),
    maxu: (a, b) => pick(a > b, a, b),
    min: (a, b, x) => pick(s(a, x) < s(b, x), a, b),
    minu: (a, b) => pick(a < b, a, b),
    rol: (a, b, x) => rotateLeft(a, distance(b, x), x),
    ror: (a, b, x) => rotateLeft(a, distance(-b, x), x),
  },
  zbb64: {
    rolw: onWords((a, b) => rotateLeft(a, distance(b, 32), 32)),
    rorw: onWords((a, b) => rotateLeft(a, distance(-b, 32), 32)),
  },
  zbs: {
    bclr: (a, b, x) => a & ~(1n << distance(b, x)),
    bext: (a, b, x) => (a >> distance(b, x)) & 1n,
    binv: (a, b, x) => a ^ (1n << distance(b, x)),
    bset: (a, b, x) => a | (1n << distance(b, x)),
  },
  zicond: {
    'czero.eqz': (a, b) => (b === 0n ? 0n : a),
    'czero.nez': (a, b) => (b === 0n ? a : 0n),
  },
};

export const unaries: Readonly<Record<string, Readonly<Record<string, Unary>>>> = {
  zbb: {
    clz: leadingZeros,
    ctz: trailingZeros,
    cpop: population,
    'sext.b': (a) => s(a, 8),
    'sext.h': (a) => s(a, 16),
    'zext.h': (a) => unsigned(a, 16),
    'orc.b': (a, x) => fromBytes(bytesOf(a, x).map((byte) => (byte === 0n ? 0n : 0xffn))),
    rev8: (a, x) => fromBytes(bytesOf(a, x).reverse()),
  },
  zbb64: {
    clzw: (a) => leadingZeros(low(a), 32),
    ctzw: (a) => trailingZeros(low(a), 32),
    cpopw: (a) => population(low(a)),
  },
};

/** Immediate forms: the register form with a constant, which decides the range of the constant. */
export interface Immediate {
  readonly of: Binary;
  /** `signed`: twelve bits, sign-extended; otherwise a distance below XLEN or below 32. */
  readonly range: 'signed' | 'xlen' | 32;
}

const immediate = (folder: string, name: string, range: Immediate['range']): Immediate => ({
  of: binaries[folder]![name]!,
  range,
});

export const immediates: Readonly<Record<string, Readonly<Record<string, Immediate>>>> = {
  i: {
    addi: immediate('i', 'add', 'signed'),
    slti: immediate('i', 'slt', 'signed'),
    sltiu: immediate('i', 'sltu', 'signed'),
    xori: immediate('i', 'xor', 'signed'),
    ori: immediate('i', 'or', 'signed'),
    andi: immediate('i', 'and', 'signed'),
    slli: immediate('i', 'sll', 'xlen'),
    srli: immediate('i', 'srl', 'xlen'),
    srai: immediate('i', 'sra', 'xlen'),
  },
  i64: {
    addiw: immediate('i64', 'addw', 'signed'),
    slliw: immediate('i64', 'sllw', 32),
    srliw: immediate('i64', 'srlw', 32),
    sraiw: immediate('i64', 'sraw', 32),
  },
  zba64: { 'slli.uw': { of: (a, b) => low(a) << b, range: 'xlen' } },
  zbb: { rori: immediate('zbb', 'ror', 'xlen') },
  zbb64: { roriw: immediate('zbb64', 'rorw', 32) },
  zbs: {
    bclri: immediate('zbs', 'bclr', 'xlen'),
    bexti: immediate('zbs', 'bext', 'xlen'),
    binvi: immediate('zbs', 'binv', 'xlen'),
    bseti: immediate('zbs', 'bset', 'xlen'),
  },
};

/** Branches: whether they are taken. */
export const conditions: Readonly<Record<string, (a: bigint, b: bigint, xlen: Xlen) => boolean>> = {
  beq: (a, b) => a === b,
  bne: (a, b) => a !== b,
  blt: (a, b, x) => s(a, x) < s(b, x),
  bge: (a, b, x) => s(a, x) >= s(b, x),
  bltu: (a, b) => a < b,
  bgeu: (a, b) => a >= b,
};

/** Bytes read, and whether the value is sign-extended. */
export const loads: Readonly<Record<string, Readonly<Record<string, { bytes: number; signed: boolean }>>>> = {
  i: {
    lb: { bytes: 1, signed: true },
    lbu: { bytes: 1, signed: false },
    lh: { bytes: 2, signed: true },
    lhu: { bytes: 2, signed: false },
    lw: { bytes: 4, signed: true },
  },
  i64: {
    lwu: { bytes: 4, signed: false },
    ld: { bytes: 8, signed: true },
  },
};

/** Bytes written. */
export const stores: Readonly<Record<string, Readonly<Record<string, { bytes: number }>>>> = {
  i: { sb: { bytes: 1 }, sh: { bytes: 2 }, sw: { bytes: 4 } },
  i64: { sd: { bytes: 8 } },
};

/** Atomic operations: what is in memory afterwards; the register gets what was there before. */
const atomic = (bits: 32 | 64): Readonly<Record<string, Binary>> => {
  const suffix = bits === 32 ? 'w' : 'd';
  return {
    [`amoswap.${suffix}`]: (_, b) => b,
    [`amoadd.${suffix}`]: (a, b) => a + b,
    [`amoxor.${suffix}`]: (a, b) => a ^ b,
    [`amoand.${suffix}`]: (a, b) => a & b,
    [`amoor.${suffix}`]: (a, b) => a | b,
    [`amomin.${suffix}`]: (a, b) => pick(s(a, bits) < s(b, bits), a, b),
    [`amomax.${suffix}`]: (a, b) => pick(s(a, bits) > s(b, bits), a, b),
    [`amominu.${suffix}`]: (a, b) => pick(unsigned(a, bits) < unsigned(b, bits), a, b),
    [`amomaxu.${suffix}`]: (a, b) => pick(unsigned(a, bits) > unsigned(b, bits), a, b),
  };
};

export const atomics: Readonly<Record<string, Readonly<Record<string, Binary>>>> = {
  a: atomic(32),
  a64: atomic(64),
};

/** Values at and around the limits of every width that some instruction cares about. */
export const edges = (xlen: Xlen): bigint[] => {
  const half = 1n << BigInt(xlen - 1);
  const alternating = BigInt(`0x${'5'.repeat(xlen / 4)}`);
  const common = [
    0n,
    1n,
    -1n,
    half,
    half - 1n,
    alternating,
    alternating << 1n,
    0xdeadbeefn,
    BigInt(xlen - 1),
  ];
  const narrow = [0x7fn, 0x80n, 0x8000n, 0x12345678n];
  const wide = [0x7fffffffn, 0x80000000n, 0xffffffffn, 0x1_0000_0000n, -0x8000_0000n, 0x0123_4567_89ab_cdefn];
  return [...common, ...narrow, ...(xlen === 64 ? wide : [])].map((value) => unsigned(value, xlen));
};

/** Each edge value in both places, the pairs that overflow, and some without a pattern. */
export const pairs = (xlen: Xlen): [bigint, bigint][] => {
  const values = edges(xlen);
  const n = values.length;
  const result: [bigint, bigint][] = [];
  for (let i = 0; i < n; i++) {
    result.push([values[i]!, values[(i * 5 + 3) % n]!]);
  }
  const half = 1n << BigInt(xlen - 1);
  const ones = (1n << BigInt(xlen)) - 1n;
  result.push(
    [half, ones],
    [half, 1n],
    [half, half],
    [half - 1n, half - 1n],
    [ones, ones],
    [0n, 0n],
    [ones, 0n],
  );
  let random = 0x9e3779b97f4a7c15n;
  for (let i = 0; i < 6; i++) {
    random = unsigned(random * 6364136223846793005n + 1442695040888963407n, 64);
    const a = random;
    random = unsigned(random * 6364136223846793005n + 1442695040888963407n, 64);
    result.push([unsigned(a >> 7n, xlen), unsigned(random >> BigInt(4 * i + 3), xlen)]);
  }
  const seen = new Set<string>();
  return result.filter(([a, b]) => !seen.has(`${a},${b}`) && seen.add(`${a},${b}`));
};

/** The constants an immediate instruction is tried with. */
export const constants = (range: Immediate['range'], xlen: Xlen): bigint[] => {
  if (range === 'signed') return [0n, 1n, -1n, 2047n, -2048n, 1365n, -1366n, 255n];
  const last = BigInt((range === 'xlen' ? xlen : range) - 1);
  return [0n, 1n, 4n, 7n, 15n, 16n, last / 2n + 3n, last - 1n, last];
};
