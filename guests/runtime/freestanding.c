/* Start-up of guests without a C library. */
#include "syscall.h"
#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#define NOT_A_LIBRARY_CALL __attribute__((used, noinline, no_builtin))
#else
#define NOT_A_LIBRARY_CALL __attribute__((used, noinline, optimize("no-tree-loop-distribute-patterns")))
#endif

/* Compilers may call these four even in freestanding code. */
NOT_A_LIBRARY_CALL void *memcpy(void *to, const void *from, size_t length) {
  uint8_t *t = to;
  const uint8_t *f = from;
  for (; length; length--) *t++ = *f++;
  return to;
}

NOT_A_LIBRARY_CALL void *memmove(void *to, const void *from, size_t length) {
  uint8_t *t = to;
  const uint8_t *f = from;
  if (t < f)
    for (size_t i = 0; i < length; i++) t[i] = f[i];
  else
    for (size_t i = length; i > 0; i--) t[i - 1] = f[i - 1];
  return to;
}

NOT_A_LIBRARY_CALL void *memset(void *to, int value, size_t length) {
  for (uint8_t *t = to; length; length--) *t++ = (uint8_t)value;
  return to;
}

NOT_A_LIBRARY_CALL int memcmp(const void *left, const void *right, size_t length) {
  const uint8_t *l = left, *r = right;
  for (; length; length--, l++, r++)
    if (*l != *r) return *l - *r;
  return 0;
}

int main(int argc, char **argv);

__attribute__((noreturn)) void runtime_start(long *stack) {
  int status = main((int)stack[0], (char **)(stack + 1));
  for (;;) syscall1(SYS_exit, status);
}
