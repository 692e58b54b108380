import type { Width } from '../../core/kind.ts';

/** The range of signed 32-bit numbers. */
export const WORD_LOW: number = -(2 ** 31);
export const WORD_HIGH: number = 2 ** 31 - 1;

/**
 * Ends of ranges are whole numbers up to this size, or infinite. The sum of two is exact in a double then, and a
 * product that is not exact is larger than this, so it is never taken for an end.
 */
export const LARGEST: number = 2 ** 52;

/** Results up to this size do not wrap in 64 bits, however they were rounded. */
const NO_OVERFLOW = 2 ** 62;

const POWERS = Float64Array.from({ length: 129 }, (_, k) => 2 ** k);
const powerOfTwo = (k: number): number => POWERS[k] as number;

/** Bits of a number from 0 to LARGEST, without leading zeros. */
const bitLength = (n: number): number =>
  n < 2 ** 32 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 2 ** 32));

/** The least 2^k - 1 that is not smaller than n >= 0. */
const allOnes = (n: number): number => (n === Infinity ? n : powerOfTwo(bitLength(n)) - 1);

/** Two's complement by halves. */
const highHalf = (n: number): number => Math.floor(n / 2 ** 32);
const combine = (high: number, low: number): number => high * 2 ** 32 + (low >>> 0);

/** Whether the sum of two largest values, of which an infinite one stands for 2^63 - 1, may be too large. */
const addsUp = (a: number, b: number): boolean => (a === Infinity && b > 0) || (b === Infinity && a > 0);

/**
 * A range of values of a register, both ends included, as signed numbers; and the arithmetic of ranges. A method
 * takes the ranges of its operands as numbers and leaves the result here, so that nothing is allocated.
 *
 * In 64-bit kinds an infinite end stands for the first or last 64-bit number; in 32-bit kinds ranges are within that
 * of signed 32-bit numbers. Where `word` is a parameter, true asks for the arithmetic of 32 bits with operands that
 * are ranges of words, as `toWord` makes them; 32-bit kinds always have it.
 */
export class Interval {
  low: number = -Infinity;
  high: number = Infinity;
  readonly #narrow: boolean;
  /** Ends of a range of which nothing is known. */
  readonly least: number;
  readonly most: number;

  readonly #bits: number;

  constructor(width: Width) {
    this.#bits = width;
    this.#narrow = width === 32;
    this.least = this.#narrow ? WORD_LOW : -Infinity;
    this.most = this.#narrow ? WORD_HIGH : Infinity;
  }

  set(low: number, high: number): void {
    // The sum with zero is never a negative zero.
    this.low = low + 0;
    this.high = high + 0;
  }

  unknown(): void {
    this.set(this.least, this.most);
  }

  #anything(word: boolean): void {
    if (word) this.set(WORD_LOW, WORD_HIGH);
    else this.unknown();
  }

  /** A range of numbers that are 64 bits wide at most: ends that are too large become infinite. */
  clamp(low: number, high: number): void {
    this.low = low < -LARGEST ? -Infinity : low > LARGEST ? LARGEST : low + 0;
    this.high = high > LARGEST ? Infinity : high < -LARGEST ? -LARGEST : high + 0;
  }

  /** The values of a range modulo `size`, from `least` on. */
  wrap(low: number, high: number, least: number, size: number): void {
    if (high - low < size && low >= -LARGEST && high <= LARGEST) {
      const away = Math.floor((low - least) / size) * size;
      if (high - away < least + size) {
        this.set(low - away, high - away);
        return;
      }
    }
    this.set(least, least + size - 1);
  }

  /** Sign extension of the low 32 bits. */
  toWord(low: number, high: number): void {
    if (low >= WORD_LOW && high <= WORD_HIGH) this.set(low, high);
    else this.wrap(low, high, WORD_LOW, 2 ** 32);
  }

  /** The result of modular arithmetic whose ends are finite, rounded where they are larger than 2^53. */
  #fit(low: number, high: number, word: boolean): void {
    if (word) this.toWord(low, high);
    else if (low < -NO_OVERFLOW || high > NO_OVERFLOW) this.unknown();
    else this.clamp(low, high);
  }

  add(al: number, ah: number, bl: number, bh: number): void {
    if (this.#narrow) this.toWord(al + bl, ah + bh);
    else if (addsUp(ah, bh) || addsUp(-al, -bl)) this.unknown();
    else this.clamp(al + bl, ah + bh);
  }

  sub(al: number, ah: number, bl: number, bh: number): void {
    if (this.#narrow) this.toWord(al - bh, ah - bl);
    // The negated first number is one more than the last one.
    else if (bl === -Infinity || addsUp(ah, -bl) || addsUp(-al, bh)) this.unknown();
    else this.clamp(al - bh, ah - bl);
  }

  mul(al: number, ah: number, bl: number, bh: number): void {
    if (this.#narrow) this.mulWord(al, ah, bl, bh);
    else if ((al === 0 && ah === 0) || (bl === 0 && bh === 0)) this.set(0, 0);
    else if (al === 1 && ah === 1) this.set(bl, bh);
    else if (bl === 1 && bh === 1) this.set(al, ah);
    else if (ah - al === Infinity || bh - bl === Infinity) this.unknown();
    else this.#product(al, ah, bl, bh, false);
  }

  /** Sign-extended low word of the product of words. */
  mulWord(al: number, ah: number, bl: number, bh: number): void {
    if (al === ah && bl === bh) {
      const product = Math.imul(al, bl);
      this.set(product, product);
    } else this.#product(al, ah, bl, bh, true);
  }

  #product(al: number, ah: number, bl: number, bh: number, word: boolean): void {
    const p = al * bl;
    const q = al * bh;
    const r = ah * bl;
    const s = ah * bh;
    this.#fit(Math.min(p, q, r, s), Math.max(p, q, r, s), word);
  }

  /** High half of the product of two numbers, each taken as signed or not. */
  mulHigh(al: number, ah: number, aSigned: boolean, bl: number, bh: number, bSigned: boolean): void {
    if (al >= 0 && bl >= 0) {
      // Less than each factor, because each is less than 2^width.
      this.set(0, Math.max(ah, bh) <= WORD_HIGH && !this.#narrow ? 0 : Math.min(ah, bh));
      return;
    }
    // Whatever an unsigned factor is, the result is less than the other one.
    if (!aSigned && bl >= 0) this.set(0, bh);
    else if (!bSigned && al >= 0) this.set(0, ah);
    else if (aSigned && (bSigned || bl >= 0) && !this.#narrow && Math.max(-al, ah, -bl, bh) <= 2 ** 31) {
      this.set(-1, 0);
    } else this.unknown();
  }

  /** Signed division; by zero it gives -1, and of the first number by -1 that number. */
  div(al: number, ah: number, bl: number, bh: number, word: boolean): void {
    const first = -powerOfTwo(this.#bitsOf(word) - 1);
    if (bl === bh && bl !== -1) {
      if (bl === 0) this.set(-1, -1);
      else {
        const p = Math.trunc((al === -Infinity ? first : al) / bl);
        const q = Math.trunc((ah === Infinity ? -first : ah) / bl);
        this.clamp(Math.min(p, q), Math.max(p, q));
      }
      return;
    }
    if (al >= 0 && bl >= 0) {
      this.set(bl > 0 ? 0 : -1, ah);
      return;
    }
    if (bl === bh && al > first) {
      this.set(-ah, -al);
      return;
    }
    const size = Math.max(-al, ah, 1);
    if (size >= -first) this.#anything(word);
    else this.set(-size, size);
  }

  divUnsigned(al: number, ah: number, bl: number, bh: number, word: boolean): void {
    const bits = this.#bitsOf(word);
    if (bl === 0 && bh === 0) this.set(-1, -1);
    else if (al >= 0) {
      // A negative divisor is larger than the dividend.
      if (bh < 0) this.set(0, 0);
      else if (bl > 0) {
        const most = ah === Infinity ? powerOfTwo(63) : ah;
        this.clamp(bh === Infinity ? 0 : Math.floor(al / bh), Math.floor(most / bl));
      } else this.set(-1, ah);
    } else if (bl > 1) {
      const largest = bits === 32 ? 2 ** 32 - 1 : powerOfTwo(64);
      this.clamp(0, Math.floor(largest / bl));
    } else if (bl === 1 && bh === 1) this.set(al, ah);
    else if (bh < 0) this.set(0, 1);
    else this.#anything(word);
  }

  /** Signed remainder; by zero it is the dividend. It has the sign of the dividend and is nearer to zero. */
  rem(al: number, ah: number, bl: number, bh: number): void {
    const size = bl > 0 || bh < 0 ? Math.max(-bl, bh) - 1 : Infinity;
    if (al === ah && bl === bh && size < Infinity) this.set(al % bl, al % bl);
    else if (Math.abs(al) < this.#least(bl, bh) && Math.abs(ah) < this.#least(bl, bh)) this.set(al, ah);
    else this.set(Math.max(Math.min(al, 0), -size), Math.min(Math.max(ah, 0), size));
  }

  /** The least absolute value in a range. */
  #least(low: number, high: number): number {
    return low > 0 ? low : high < 0 ? -high : 0;
  }

  remUnsigned(al: number, ah: number, bl: number, bh: number, word: boolean): void {
    if (al >= 0) {
      if (bl > 0 && bl === bh && al === ah) this.set(al % bl, al % bl);
      else if (ah < bl || bh < 0 || (bl === 0 && bh === 0)) this.set(al, ah);
      else this.set(0, bl > 0 ? Math.min(ah, bh - 1) : ah);
    } else if (bl > 0) this.set(0, bh - 1);
    else this.#anything(word);
  }

  and(al: number, ah: number, bl: number, bh: number): void {
    if (bl === bh && al !== ah) this.#andConstant(al, ah, bl);
    else if (al === ah && bl !== bh) this.#andConstant(bl, bh, al);
    else if (al === ah) {
      const both = combine(highHalf(al) & highHalf(bl), al & bl);
      this.clamp(both, both);
    } else this.#and(al, ah, bl, bh);
  }

  #andConstant(low: number, high: number, mask: number): void {
    // -2^k rounds down to a multiple, and 2^k - 1 keeps what is not larger.
    if (mask < 0 && allOnes(-1 - mask) === -1 - mask) {
      this.clamp(Math.floor(low / -mask) * -mask, Math.floor(high / -mask) * -mask);
    } else if (low >= 0 && high <= mask && allOnes(mask) === mask) this.set(low, high);
    else this.#and(low, high, mask, mask);
  }

  #and(al: number, ah: number, bl: number, bh: number): void {
    if (al >= 0) this.set(0, bl >= 0 ? Math.min(ah, bh) : ah);
    else if (bl >= 0) this.set(0, bh);
    else {
      const high = ah < 0 && bh < 0 ? Math.min(ah, bh) : Math.max(ah, bh);
      this.clamp(-allOnes(-1 - Math.min(al, bl)) - 1, high);
    }
  }

  or(al: number, ah: number, bl: number, bh: number): void {
    if (al === ah && bl === bh) {
      const both = combine(highHalf(al) | highHalf(bl), al | bl);
      this.clamp(both, both);
      return;
    }
    const low = al >= 0 && bl >= 0 ? Math.max(al, bl) : Math.min(al, bl);
    this.clamp(low, ah < 0 || bh < 0 ? -1 : allOnes(Math.max(ah, bh)));
  }

  xor(al: number, ah: number, bl: number, bh: number): void {
    if (al === ah && bl === bh) {
      const either = combine(highHalf(al) ^ highHalf(bl), al ^ bl);
      this.clamp(either, either);
    } else if (bl === -1 && bh === -1) this.clamp(-1 - ah, -1 - al);
    else {
      const size = allOnes(Math.max(ah, bh, -1 - al, -1 - bl));
      const same = (al >= 0 && bl >= 0) || (ah < 0 && bh < 0);
      const differ = (al >= 0 && bh < 0) || (ah < 0 && bl >= 0);
      this.clamp(same ? 0 : -1 - size, differ ? -1 : size);
    }
  }

  #bitsOf(word: boolean): number {
    return word ? 32 : this.#bits;
  }

  shl(al: number, ah: number, nl: number, nh: number, word: boolean): void {
    const bits = this.#bitsOf(word);
    if (nl === nh) {
      const by = nl & (bits - 1);
      if (by === 0) this.set(al, ah);
      else if (bits === 32 && al === ah) this.set(al << by, al << by);
      else this.#shl(al, ah, by, by, bits === 32);
    } else if (nl >= 0 && nh < bits) this.#shl(al, ah, nl, nh, bits === 32);
    else this.#shl(al, ah, 0, bits - 1, bits === 32);
  }

  #shl(al: number, ah: number, nl: number, nh: number, word: boolean): void {
    this.#fit(al * powerOfTwo(al < 0 ? nh : nl), ah * powerOfTwo(ah < 0 ? nl : nh), word);
  }

  /** Logical shift to the right. */
  shr(al: number, ah: number, nl: number, nh: number, word: boolean): void {
    const bits = this.#bitsOf(word);
    let least = 0;
    let most = bits - 1;
    if (nl === nh) least = most = nl & (bits - 1);
    else if (nl >= 0 && nh < bits) {
      least = nl;
      most = nh;
    }
    if (al >= 0) this.#shiftRight(al, ah, least, most, bits);
    else if (least === 0) {
      if (most === 0) this.set(al, ah);
      else this.#anything(bits === 32);
    } else if (ah < 0 && least === most && al !== -Infinity) {
      const negative = powerOfTwo(bits - least);
      this.clamp(
        negative + Math.floor(al / powerOfTwo(least)),
        negative + Math.floor(ah / powerOfTwo(least)),
      );
    } else this.clamp(0, powerOfTwo(bits - least) - 1);
  }

  /** Arithmetic shift to the right. */
  sar(al: number, ah: number, nl: number, nh: number, word: boolean): void {
    const bits = this.#bitsOf(word);
    if (nl === nh) this.#shiftRight(al, ah, nl & (bits - 1), nl & (bits - 1), bits);
    else if (nl >= 0 && nh < bits) this.#shiftRight(al, ah, nl, nh, bits);
    else this.#shiftRight(al, ah, 0, bits - 1, bits);
  }

  /**
   * A value shifted `up` bits to the left, which may have lost some, and `down` to the right (0 < up, down < 64), in
   * 64-bit kinds.
   */
  shiftBack(low: number, high: number, up: number, down: number, signed: boolean): void {
    const left = powerOfTwo(64 - up);
    this.wrap(low, high, signed ? -left / 2 : 0, left);
    const by = powerOfTwo(Math.abs(up - down));
    if (up > down) this.clamp(this.low * by, this.high * by);
    else this.clamp(Math.floor(this.low / by), Math.floor(this.high / by));
  }

  /** Division by a power of two, rounded down. */
  #shiftRight(al: number, ah: number, least: number, most: number, bits: number): void {
    const limit = powerOfTwo(bits - 1);
    const low = Math.max(al, -limit) / powerOfTwo(al < 0 ? least : most);
    const by = ah < 0 ? most : least;
    // 2^63 - 1 is not a double; shifted it is.
    const high = ah === Infinity ? limit / powerOfTwo(by) - 1 : ah / powerOfTwo(by);
    this.clamp(Math.floor(low), Math.floor(high));
  }

  /** Rotation to the left by `sign` 1, to the right by -1. */
  rotate(al: number, ah: number, nl: number, nh: number, sign: 1 | -1, word: boolean): void {
    const bits = this.#bitsOf(word);
    if (nl !== nh) {
      this.#anything(bits === 32);
      return;
    }
    const by = (sign * (nl & (bits - 1))) & (bits - 1);
    if (by === 0) this.set(al, ah);
    else if (bits === 32 && al === ah) {
      const turned = (al << by) | (al >>> (32 - by));
      this.set(turned, turned);
    } else this.#anything(bits === 32);
  }

  #truth(isTrue: boolean, isFalse: boolean): void {
    this.set(isTrue ? 1 : 0, isFalse ? 0 : 1);
  }

  equal(al: number, ah: number, bl: number, bh: number, yes: boolean): void {
    const same = al === ah && bl === bh && al === bl;
    const different = ah < bl || bh < al;
    this.#truth(yes ? same : different, yes ? different : same);
  }

  /** `a < b`, or `a >= b` when not `yes`. */
  less(al: number, ah: number, bl: number, bh: number, yes: boolean): void {
    const less = ah < bl;
    const notLess = al >= bh;
    this.#truth(yes ? less : notLess, yes ? notLess : less);
  }

  lessUnsigned(al: number, ah: number, bl: number, bh: number, yes: boolean): void {
    // As unsigned numbers all negative ones are larger than all others, and in the same order among themselves.
    if ((al >= 0 && bl >= 0) || (ah < 0 && bh < 0)) this.less(al, ah, bl, bh, yes);
    else if (al >= 0 && bh < 0) this.#truth(yes, !yes);
    else if ((ah < 0 && bl >= 0) || (bl === 0 && bh === 0)) this.#truth(!yes, yes);
    else this.set(0, 1);
  }

  hull(al: number, ah: number, bl: number, bh: number): void {
    this.set(Math.min(al, bl), Math.max(ah, bh));
  }

  /** Leading zeros. */
  clz(al: number, ah: number, word: boolean): void {
    const bits = this.#bitsOf(word);
    if (al >= 0) this.set(ah === Infinity ? 1 : bits - bitLength(ah), bits - bitLength(al));
    else if (ah < 0) this.set(0, 0);
    else this.set(0, bits);
  }

  /** Trailing zeros. */
  ctz(al: number, ah: number, word: boolean): void {
    const bits = this.#bitsOf(word);
    this.set(al === 0 && ah === 0 ? bits : 0, al > 0 || ah < 0 ? bits - 1 : bits);
  }

  /** Bits that are set. */
  popcnt(al: number, ah: number, word: boolean): void {
    const bits = this.#bitsOf(word);
    const none = al <= 0 && ah >= 0;
    this.set(none ? 0 : 1, al >= 0 && ah !== Infinity ? bitLength(ah) : al >= 0 ? bits - 1 : bits);
  }

  /** Zero bytes stay, others become all ones. */
  orBytes(al: number, ah: number): void {
    const bytes = al >= 0 && ah !== Infinity ? (bitLength(ah) + 7) >> 3 : 8;
    if (8 * bytes < this.#bits) this.clamp(al > 0 ? 255 : 0, powerOfTwo(8 * bytes) - 1);
    else this.unknown();
  }

  /** Words put together to 64 bits; the low half may be any where it is no constant. In 32-bit kinds it is all. */
  join(low: number, lowHigh: number, highLow: number, high: number): void {
    if (this.#narrow) {
      this.set(low, lowHigh);
      return;
    }
    const known = low === lowHigh;
    this.clamp(
      highLow * 2 ** 32 + (known ? low >>> 0 : 0),
      high * 2 ** 32 + (known ? low >>> 0 : 2 ** 32 - 1),
    );
  }
}
