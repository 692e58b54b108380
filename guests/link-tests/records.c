/* Bit fields, unions, structures by value, packed and nested ones. */
#include "say.h"

struct flags {
  unsigned low : 3, middle : 11;
  int signed_part : 7;
  unsigned long long long_part : 40;
};
struct pair {
  int a, b;
};
struct large {
  int values[9];
  struct pair pair;
};
struct __attribute__((packed)) packed {
  char c;
  int i;
  long long l;
  short s;
};
union bits {
  unsigned word;
  unsigned char bytes[4];
};

static struct pair swapped(struct pair p) { return (struct pair){p.b, p.a}; }
static struct large filled(struct large from, int by) {
  for (int i = 0; i < 9; i++) from.values[i] = from.values[i] * by + i;
  from.pair = swapped(from.pair);
  return from;
}
static long long sum_of(struct packed p) { return p.c + p.i + p.l + p.s; }
static struct flags stored[3];
static struct packed array[2] = {{1, 2, 3, 4}, {-1, -2, -3, -4}};

int main(void) {
  for (int i = 0; i < 3; i++) {
    stored[i].low = (unsigned)opaque(i * 5);
    stored[i].middle = (unsigned)opaque(i * 1000 + 77);
    stored[i].signed_part = opaque(i * 40 - 50);
    stored[i].long_part = 0x123456789aull * (unsigned)opaque(i + 1);
    say("low", stored[i].low);
    say("middle", stored[i].middle);
    say("signed", stored[i].signed_part);
    say("long", stored[i].long_part);
  }
  struct pair p = swapped((struct pair){opaque(5), opaque(-6)});
  say("a", p.a);
  say("b", p.b);
  struct large l = {{1, 2, 3, 4, 5, 6, 7, 8, 9}, p};
  for (int i = 0; i < 5; i++) l = filled(l, opaque(3));
  long long sum = 0;
  for (int i = 0; i < 9; i++) sum = sum * 7 + l.values[i];
  say("large", sum * 2 + l.pair.a);
  array[opaque(1)].l = 0x1122334455667788ll;
  say("packed", sum_of(array[opaque(0)]) + sum_of(array[opaque(1)]));
  union bits bits = {.word = 0x01020304};
  say("bytes", bits.bytes[opaque(0)] * 256 + bits.bytes[opaque(3)]);
  return 0;
}
