/* One function for the host, which it calls back for every number. */
#include "riscbox.h"

RISCBOX_IMPORT(void, report, uint32_t, uint64_t);
RISCBOX_EXPORT(uint64_t, fibonacci, uint32_t);

uint64_t fibonacci(uint32_t n) {
  uint64_t a = 0, b = 1;
  for (uint32_t i = 0; i < n; i++) {
    report(i, a);
    uint64_t sum = a + b;
    a = b;
    b = sum;
  }
  return a;
}
