/* What compilers have instructions for: counts, rotations, extremes, selections, byte swaps, atomics. */
#include "say.h"

static unsigned rotate(unsigned x, unsigned by) { return (x << (by & 31)) | (x >> (-by & 31)); }
static unsigned long long rotate_long(unsigned long long x, unsigned by) { return (x >> (by & 63)) | (x << (-by & 63)); }
static int clamp(int x, int low, int high) { return x < low ? low : x > high ? high : x; }
static unsigned crc(const unsigned char *bytes, int count) {
  unsigned sum = ~0u;
  for (int i = 0; i < count; i++) {
    sum ^= bytes[i];
    for (int k = 0; k < 8; k++) sum = (sum >> 1) ^ (0xedb88320u & -(sum & 1));
  }
  return ~sum;
}
static int shared;
static long shared_long = 5;

int main(void) {
  unsigned x = (unsigned)opaque(0x1234f00d);
  unsigned long long y = (unsigned long long)x * 0x9e3779b97f4a7c15ull;
  for (int i = 0; i < 12; i++) {
    say("leading", x ? __builtin_clz(x) : 32);
    say("trailing", y ? __builtin_ctzll(y) : 64);
    say("ones", __builtin_popcountll(y));
    say("swapped", (long long)__builtin_bswap64(y));
    say("rotated", rotate(x, (unsigned)opaque(i * 5)));
    say("rotated long", (long long)rotate_long(y, (unsigned)opaque(i * 11)));
    say("clamped", clamp((int)x >> 16, -300, 4000));
    say("selected", x & 1 ? (int)y : -1);
    say("bits", (x >> (i & 31) & 1) + (x | 1u << i) + (x & ~(1u << i)) + (x ^ 1u << i));
    y ^= y << 13;
    y ^= y >> 7;
    y ^= y << 17;
    x = (unsigned)(y >> 20);
  }
  say("crc", crc((const unsigned char *)"the quick brown fox", 19));
  shared += opaque(3);
#if defined(__riscv_atomic)
  say("old", __atomic_fetch_add(&shared, 7, __ATOMIC_SEQ_CST));
  say("and", __atomic_and_fetch(&shared, 6, __ATOMIC_RELAXED));
  long expected = 5;
  say("exchanged", __atomic_compare_exchange_n(&shared_long, &expected, 9, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  say("maximum", __atomic_exchange_n(&shared_long, -3, __ATOMIC_ACQ_REL));
#else
  say("old", shared), shared += 7;
  say("and", shared &= 6);
  say("exchanged", 1), shared_long = 9;
  say("maximum", shared_long), shared_long = -3;
#endif
  say("shared", shared + shared_long);
  return 0;
}
