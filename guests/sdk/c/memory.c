/* The four functions that compilers call even in programs without a C library. */
#include <stddef.h>
#include <stdint.h>

/* A loop that copies must not be compiled to a call of memcpy here. */
#ifdef __clang__
#define IS_ITSELF __attribute__((used, noinline, no_builtin))
#else
#define IS_ITSELF __attribute__((used, noinline, optimize("no-tree-loop-distribute-patterns")))
#endif

IS_ITSELF void *memcpy(void *restrict to, const void *restrict from, size_t length) {
  uint8_t *t = to;
  const uint8_t *f = from;
  for (; length > 0; length--) *t++ = *f++;
  return to;
}

IS_ITSELF void *memmove(void *to, const void *from, size_t length) {
  uint8_t *t = to;
  const uint8_t *f = from;
  if (t < f)
    for (size_t i = 0; i < length; i++) t[i] = f[i];
  else
    for (size_t i = length; i > 0; i--) t[i - 1] = f[i - 1];
  return to;
}

IS_ITSELF void *memset(void *to, int value, size_t length) {
  for (uint8_t *t = to; length > 0; length--) *t++ = (uint8_t)value;
  return to;
}

IS_ITSELF int memcmp(const void *left, const void *right, size_t length) {
  const uint8_t *l = left, *r = right;
  for (; length > 0; length--, l++, r++)
    if (*l != *r) return *l - *r;
  return 0;
}
