/* Recursive quicksort with a comparison function: calls, stack, indirect
 * calls, branches that no predictor gets right. */
#include "kernel.h"
KERNEL(quicksort, 12);

#define COUNT 100000
typedef int comparison(int32_t, int32_t);

static int32_t values[COUNT];

static int ascending(int32_t x, int32_t y) { return x < y; }
static int descending(int32_t x, int32_t y) { return x > y; }

static void sort(int32_t *array, int32_t first, int32_t last, comparison *before) {
  while (first < last) {
    int32_t pivot = array[first + (last - first) / 2];
    int32_t low = first - 1, high = last + 1;
    for (;;) {
      do low++;
      while (before(array[low], pivot));
      do high--;
      while (before(pivot, array[high]));
      if (low >= high) break;
      int32_t swapped = array[low];
      array[low] = array[high];
      array[high] = swapped;
    }
    /* The smaller half by recursion, the larger by the loop: the stack stays logarithmic. */
    if (high - first < last - high) {
      sort(array, first, high, before);
      first = high + 1;
    } else {
      sort(array, high + 1, last, before);
      last = high;
    }
  }
}

uint32_t kernel(uint32_t n) {
  static comparison *const orders[] = {ascending, descending};
  uint32_t random = 42, checksum = 0;
  for (uint32_t round = 0; round < n; round++) {
    for (int i = 0; i < COUNT; i++) {
      random = random * 1103515245u + 12345u;
      values[i] = (int32_t)random;
    }
    comparison *volatile order = orders[round % 2]; /* volatile: the calls must stay indirect */
    sort(values, 0, COUNT - 1, order);
    for (int i = 0; i < COUNT; i += 101) checksum = checksum * 33 ^ (uint32_t)values[i];
  }
  return checksum;
}
