/* Variable and many arguments, on the stack and in registers. */
#include "say.h"
#include <stdarg.h>

static long long sum_of(const char *kinds, ...) {
  va_list list;
  va_start(list, kinds);
  long long sum = 0;
  for (; *kinds; kinds++) {
    switch (*kinds) {
      case 'i': sum = sum * 3 + va_arg(list, int); break;
      case 'l': sum = sum * 5 + va_arg(list, long long); break;
      case 's': sum = sum * 7 + va_arg(list, const char *)[0]; break;
      case 'p': sum = sum * 11 + *va_arg(list, int *); break;
    }
  }
  va_end(list);
  return sum;
}

static __attribute__((noinline)) long long many(int a, long long b, int c, long long d, int e, long long f, int g, long long h, char i,
                                                short k, unsigned char l) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * k + 11 * l;
}

static __attribute__((noinline)) int registers(int seed) {
  int a = seed + 1, b = a * 3, c = b ^ a, d = c + b, e = d - a, f = e * c, g = f ^ d, h = g + e, i = h * 7, k = i ^ g, l = k + h, m = l - i,
      n = m ^ k, o = n + l, p = o * m, q = p ^ n, r = q + o, s = r - p, t = s ^ q;
  for (int round = 0; round < 5; round++) {
    a += t; b ^= a; c += b; d ^= c; e += d; f ^= e; g += f; h ^= g; i += h; k ^= i;
    l += k; m ^= l; n += m; o ^= n; p += o; q ^= p; r += q; s ^= r; t += s;
    if (round == opaque(2)) say("round", a ^ t);
  }
  return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ k ^ l ^ m ^ n ^ o ^ p ^ q ^ r ^ s ^ t;
}

int main(void) {
  int here = opaque(17);
  say("variable", sum_of("ilspilil", 5, 6ll, "seven", &here, -8, -9ll, 10, 0x1122334455667788ll));
  say("none", sum_of(""));
  say("many", many(1, -2, 3, -4, opaque(5), 6, -7, 8, (char)opaque(9), -10, (unsigned char)opaque(250)));
  say("registers", registers(opaque(99)));
  return 0;
}
