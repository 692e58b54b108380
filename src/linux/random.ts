/** Fills the array with random bytes. */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => void;

/**
 * Reproducible randomness: the same seed gives the same bytes, however they are asked for. The generator is
 * xoshiro128** (Blackman and Vigna), its state made from the seed by SplitMix64. Not for secrets.
 */
export const seededRandom = (seed: number | bigint = 0): RandomSource => {
  const state = new Uint32Array(4);
  let mix = BigInt.asUintN(64, typeof seed === 'number' ? BigInt(Math.trunc(seed)) : seed);
  for (let i = 0; i < 4; i += 2) {
    mix = BigInt.asUintN(64, mix + 0x9e3779b97f4a7c15n);
    let z = mix;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    z ^= z >> 31n;
    state[i] = Number(z & 0xffffffffn);
    state[i + 1] = Number(z >> 32n);
  }
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  const next = (): number => {
    const [s0, s1, s2, s3] = state as unknown as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9);
    const t2 = s2 ^ s0;
    const t3 = s3 ^ s1;
    state[1] = s1 ^ t2;
    state[0] = s0 ^ t3;
    state[2] = t2 ^ (s1 << 9);
    state[3] = rotate(t3, 11);
    return result;
  };
  let word = 0;
  let left = 0;
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) {
      if (left === 0) {
        word = next();
        left = 4;
      }
      bytes[i] = word;
      word >>>= 8;
      left--;
    }
  };
};

/** What `crypto.getRandomValues` gives at most per call. */
const CRYPTO_QUOTA = 65_536;

/** The host's cryptographic randomness. */
export const realRandom: RandomSource = (bytes) => {
  for (let at = 0; at < bytes.length; at += CRYPTO_QUOTA) {
    crypto.getRandomValues(bytes.subarray(at, at + CRYPTO_QUOTA));
  }
};
