/* 64-bit arithmetic, also where registers have 32 bits; shifts, products, quotients, conversions. */
#include "say.h"

static volatile long long numbers[] = {0, 1, -1, 0x7fffffff, 0x80000000ll, -0x80000000ll, 0x123456789abcdefll,
                                       -0x123456789abcdefll, 0x7fffffffffffffffll, -0x7fffffffffffffffll - 1, 1000000007};

static unsigned long long mix(unsigned long long x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ull;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

int main(void) {
  unsigned long long sum = 0;
  int count = opaque(11);
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < count; k++) {
      long long a = numbers[i], b = numbers[k];
      unsigned long long u = (unsigned long long)a, v = (unsigned long long)b;
      sum = mix(sum + u * v);
      sum = mix(sum + (u << (b & 63)) + (u >> (b & 63)) + (unsigned long long)(a >> (b & 63)));
      if (b != 0 && !(b == -1 && a == numbers[9])) sum = mix(sum + (unsigned long long)(a / b) + (unsigned long long)(a % b));
      if (v != 0) sum = mix(sum + u / v + u % v);
      sum = mix(sum + (a < b) + 2u * (u < v) + 4u * (a == b));
      sum = mix(sum + (unsigned long long)(int)a * (unsigned)b);
    }
    say("sum", (long long)sum);
  }
  return (int)(sum & 63);
}
