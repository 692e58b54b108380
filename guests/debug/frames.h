/* Functions that are inlined from another file. */
static inline int twice(int x) { return x * 2 + 1; }

static inline __attribute__((always_inline)) int sum(const int *values, int count) {
  int total = 0;
  for (int i = 0; i < count; i++)
    total += twice(values[i]) ^ count;
  return total;
}
