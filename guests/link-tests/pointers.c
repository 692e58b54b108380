/* Function pointers: sorting with comparisons, tables of operations, callbacks, objects. */
#include "say.h"

typedef int (*comparison)(const int *, const int *);
static int ascending(const int *p, const int *q) { return (*p > *q) - (*p < *q); }
static int descending(const int *p, const int *q) { return ascending(q, p); }
static int by_low_digit(const int *p, const int *q) { return ascending((int[]){*p & 15}, (int[]){*q & 15}); }

static void quicksort(int *values, int count, comparison compare) {
  while (count > 1) {
    int pivot = values[count / 2], i = 0, k = count - 1;
    while (i <= k) {
      while (compare(&values[i], &pivot) < 0) i++;
      while (compare(&values[k], &pivot) > 0) k--;
      if (i <= k) {
        int v = values[i];
        values[i++] = values[k];
        values[k--] = v;
      }
    }
    quicksort(values, k + 1, compare);
    values += i;
    count -= i;
  }
}

struct shape {
  const struct kind *kind;
  int a, b;
};
struct kind {
  const char *name;
  int (*area)(const struct shape *);
  int (*edge)(const struct shape *);
};
static int square_area(const struct shape *s) { return s->a * s->a; }
static int square_edge(const struct shape *s) { return 4 * s->a; }
static int box_area(const struct shape *s) { return s->a * s->b; }
static int box_edge(const struct shape *s) { return 2 * (s->a + s->b); }
static const struct kind square = {"square", square_area, square_edge}, box = {"box", box_area, box_edge};
static struct shape shapes[] = {{&square, 3, 0}, {&box, 4, 5}, {&square, 7, 1}, {&box, 1, 9}};

static long add(long p, long q) { return p + q; }
static long subtract(long p, long q) { return p - q; }
static long multiply(long p, long q) { return p * q; }
static long (*const operations[])(long, long) = {add, subtract, multiply, 0};
static long (*last)(long, long);

static int values[40];

int main(void) {
  static const comparison comparisons[] = {ascending, descending, by_low_digit};
  for (int c = 0; c < 3; c++) {
    unsigned seed = 12345;
    for (int i = 0; i < 40; i++) values[i] = (int)(seed = seed * 1103515245u + 12345u) >> 8;
    quicksort(values, opaque(40), comparisons[c]);
    unsigned sum = 0;
    for (int i = 0; i < 40; i++) sum = sum * 31 + (unsigned)(values[i] & (c == 2 ? 15 : -1));
    say("sorted", sum);
  }
  for (int i = 0; i < opaque(4); i++) {
    say(shapes[i].kind->name, shapes[i].kind->area(&shapes[i]));
    say("edge", shapes[i].kind->edge(&shapes[i]));
  }
  for (int i = 0; operations[i]; i++) {
    last = operations[opaque(i)];
    say("operation", last(opaque(21), opaque(2)));
  }
  say("is last", last == multiply);
  return values[0] == values[1];
}
