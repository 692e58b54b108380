/* The ways in which compiled C code jumps to computed addresses. */
#include "check.h"

/* A dense switch becomes a table of code addresses in .rodata. */
__attribute__((noinline)) static uint32_t by_switch(uint32_t n) {
  switch (n) {
    case 0: return 17;
    case 1: return n * 3 + OPAQUE(4u);
    case 2: return n ^ OPAQUE(0x55u);
    case 3: return n << OPAQUE(3u);
    case 4: return 1000 / OPAQUE(n);
    case 5: return n - OPAQUE(9u);
    case 6: return ~OPAQUE(n);
    case 7: return n * n * OPAQUE(n);
    case 8: return OPAQUE(88u) % n;
    default: return 99;
  }
}

/* Labels as values: a static table of addresses, and one of distances. */
__attribute__((noinline)) static uint32_t by_computed_goto(const uint8_t *program) {
  static const void *const absolute[] = {&&increment, &&twice, &&square, &&stop};
  uint32_t accumulator = 1;
  goto *absolute[*program++];
increment:
  accumulator++;
  goto *absolute[*program++];
twice:
  accumulator *= 2;
  goto *absolute[*program++];
square:
  accumulator *= accumulator;
  goto *absolute[*program++];
stop:
  return accumulator;
}

__attribute__((noinline)) static uint32_t by_label_distance(const uint8_t *program) {
  static const int32_t relative[] = {&&increment - &&increment, &&triple - &&increment, &&stop - &&increment};
  uint32_t accumulator = 1;
#define NEXT goto *((const char *)&&increment + relative[*program++])
  NEXT;
increment:
  accumulator++;
  NEXT;
triple:
  accumulator *= 3;
  NEXT;
stop:
  return accumulator;
#undef NEXT
}

/* Functions reached only through tables: constant, writable, inside structures, hidden by arithmetic. */
typedef uint32_t operation(uint32_t, uint32_t);
static uint32_t plus(uint32_t a, uint32_t b) { return a + b; }
static uint32_t minus(uint32_t a, uint32_t b) { return a - b; }
static uint32_t both(uint32_t a, uint32_t b) { return a & b; }
static uint32_t either(uint32_t a, uint32_t b) { return a | b; }

static operation *const constant_table[] = {plus, minus, both, either};
static operation *writable_table[] = {either, both, minus, plus};
static const struct entry {
  char letter;
  operation *run;
  struct entry *next;
} entries[] = {{'+', plus, NULL}, {'-', minus, NULL}, {'&', both, NULL}};

__attribute__((noinline)) static uint32_t by_letter(char letter, uint32_t a, uint32_t b) {
  for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
    if (entries[i].letter == letter) return entries[i].run(a, b);
  return 0;
}

__attribute__((noinline)) static operation *disguised(operation *function) {
  uintptr_t bits = OPAQUE((uintptr_t)function) ^ (uintptr_t)0x5a5a5a5a;
  return (operation *)(OPAQUE(bits) ^ (uintptr_t)0x5a5a5a5a);
}

/* Mutual recursion by tail calls: jumps between functions without a link. */
static int is_odd(uint32_t n);
__attribute__((noinline)) static int is_even(uint32_t n) { return n == 0 ? 1 : is_odd(OPAQUE(n) - 1); }
__attribute__((noinline)) static int is_odd(uint32_t n) { return n == 0 ? 0 : is_even(OPAQUE(n) - 1); }

__attribute__((noinline)) static uint32_t tail_through_pointer(operation *f, uint32_t a) { return f(a, 7); }

/* Many live values: callee-saved registers, with -msave-restore through the shared helpers that return by t0. */
__attribute__((noinline)) static uint32_t ackermann(uint32_t m, uint32_t n) {
  uint32_t a = OPAQUE(m + 1), b = OPAQUE(n + 2);
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1) + (a - m - 1) + (b - n - 2);
  uint32_t inner = ackermann(m, n - 1);
  return ackermann(m - 1, inner) + (a - m - 1) + (b - n - 2);
}

/* Small data: reached relative to gp once the linker has relaxed the code. */
static uint32_t small_data = 5, small_zero;
static uint8_t small_bytes[4] = {1, 2, 3, 4};

int main(void) {
  static const uint32_t switched[] = {17, 7, 0x57, 24, 250, 0xfffffffc, 0xfffffff9, 343, 0, 99, 99};
  int good = 1;
  for (uint32_t n = 0; n < sizeof switched / sizeof *switched; n++) good &= by_switch(OPAQUE(n)) == switched[n];
  check("switch through a table in .rodata", good);
  check("computed goto, absolute", by_computed_goto((const uint8_t[]){0, 1, 2, 0, 1, 3}) == 34);
  check("computed goto, relative", by_label_distance((const uint8_t[]){0, 1, 0, 1, 2}) == 21);

  static const uint32_t constant_results[] = {16, 8, 4, 12}, writable_results[] = {12, 4, 8, 16};
  good = 1;
  for (uint32_t i = 0; i < 4; i++) {
    good &= constant_table[OPAQUE(i)](12, 4) == constant_results[i];
    good &= writable_table[OPAQUE(i)](12, 4) == writable_results[i];
  }
  check("function pointers in constant and writable tables", good);
  check("function pointers in structures", by_letter('+', 2, 3) == 5 && by_letter('-', 2, 3) == 0xffffffff && by_letter('&', 6, 3) == 2 && by_letter('?', 1, 1) == 0);
  check("function pointer hidden by exclusive or", disguised(plus)(20, 22) == 42 && disguised(either)(5, 10) == 15);
  check("tail calls", is_even(100000) && !is_even(99999) && tail_through_pointer(OPAQUE(&minus), 50) == 43);
  check("saved registers across deep recursion", ackermann(2, 9) == 21 && ackermann(1, 40) == 42);

  for (uint32_t i = 0; i < 4; i++) {
    small_zero += small_bytes[i];
    small_data = small_data * 3 + small_zero;
  }
  check("small data relative to gp", small_data == 405 + 27 + 27 + 18 + 10 && small_zero == 10);
  return failed_checks;
}
