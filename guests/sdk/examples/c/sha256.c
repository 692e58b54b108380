/* SHA-256 over bytes that the host provides piece by piece, in a buffer of the guest. */
#include "riscbox.h"

enum { BUFFER_SIZE = 4096, BLOCK = 64, WORDS = 8 };

RISCBOX_EXPORT(uint8_t *, buffer);
RISCBOX_EXPORT(void, start);
RISCBOX_EXPORT(uint32_t, update, size_t);
RISCBOX_EXPORT(const uint8_t *, finish);

static uint8_t input[BUFFER_SIZE];
static uint32_t state[WORDS];
static uint8_t block[BLOCK];
static uint64_t total;

/* Fractions of the cube roots of the first 64 primes. */
static const uint32_t ROUND[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* Fractions of the square roots of the first eight. */
static const uint32_t INITIAL[WORDS] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t rotate(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void compress(void) {
  uint32_t w[64], s[WORDS];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
           block[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t low = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t high = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + low + w[i - 7] + high;
  }
  for (int i = 0; i < WORDS; i++) s[i] = state[i];
  for (int i = 0; i < 64; i++) {
    uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    uint32_t first = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + choice + ROUND[i] + w[i];
    uint32_t second = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + majority;
    for (int j = WORDS - 1; j > 0; j--) s[j] = s[j - 1];
    s[4] += first;
    s[0] = first + second;
  }
  for (int i = 0; i < WORDS; i++) state[i] += s[i];
}

static void add(uint8_t byte) {
  block[total++ % BLOCK] = byte;
  if (total % BLOCK == 0) compress();
}

/* Where the host writes its bytes. */
uint8_t *buffer(void) { return input; }

void start(void) {
  total = 0;
  for (int i = 0; i < WORDS; i++) state[i] = INITIAL[i];
}

/* Takes bytes from the buffer; answers how many, which is 0 when the buffer does not have that many. */
uint32_t update(size_t length) {
  if (length > BUFFER_SIZE) return 0;
  for (size_t i = 0; i < length; i++) add(input[i]);
  return (uint32_t)length;
}

/* The 32 bytes of the hash. */
const uint8_t *finish(void) {
  uint64_t bits = 8 * total;
  add(0x80);
  while (total % BLOCK != BLOCK - 8) add(0);
  for (int shift = 56; shift >= 0; shift -= 8) add((uint8_t)(bits >> shift));
  for (int i = 0; i < 32; i++) input[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
  return input;
}
