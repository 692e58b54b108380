/* Output of the self-checking guests that have no C library: one line per
 * check; the exit code is the number of the checks that failed. */
#ifndef CHECK_H
#define CHECK_H
#include "../runtime/syscall.h"
#include <stddef.h>
#include <stdint.h>

static int failed_checks;

static inline void print(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  syscall3(SYS_write, 1, (long)text, (long)length);
}

static inline void check(const char *what, int good) {
  print(good ? "ok      " : "FAILED  ");
  print(what);
  print("\n");
  failed_checks += !good;
}

/* Hides a value from the optimiser. */
#define OPAQUE(x)                     \
  ({                                  \
    __typeof__(x) hidden = (x);       \
    __asm__("" : "+r"(hidden));       \
    hidden;                           \
  })

#endif
