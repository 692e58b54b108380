/* Calls within calls: deep, mutual, through tail calls. */
#include "say.h"

static unsigned ackermann(unsigned m, unsigned n) {
  if (m == 0) return n + 1;
  return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static int is_odd(unsigned n);
static int is_even(unsigned n) { return n == 0 ? 1 : is_odd(n - 1); }
static int is_odd(unsigned n) { return n == 0 ? 0 : is_even(n - 1); }

static unsigned moves;
static void hanoi(int disks, int from, int to, int by) {
  if (disks == 0) return;
  hanoi(disks - 1, from, by, to);
  moves = moves * 3 + (unsigned)(from * 3 + to);
  hanoi(disks - 1, by, to, from);
}

static int queens(int row, unsigned columns, unsigned left, unsigned right, int size) {
  if (row == size) return 1;
  int found = 0;
  for (int c = 0; c < size; c++) {
    unsigned bit = 1u << c;
    if ((columns | left | right) & bit) continue;
    found += queens(row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1, size);
  }
  return found;
}

static unsigned long long power(unsigned long long base, unsigned exponent) {
  if (exponent == 0) return 1;
  unsigned long long half = power(base, exponent / 2);
  return exponent % 2 ? half * half * base : half * half;
}

int main(void) {
  say("ackermann", ackermann(2, (unsigned)opaque(6)));
  say("even", is_even((unsigned)opaque(501)));
  hanoi(opaque(7), 0, 1, 2);
  say("hanoi", moves);
  say("queens", queens(0, 0, 0, 0, opaque(6)));
  say("power", (long long)power(7, (unsigned)opaque(19)));
  return 0;
}
