/* What compilers may call in freestanding code; left out where nothing does. */
#include <stddef.h>
#include <stdint.h>

#define NOT_A_LIBRARY_CALL __attribute__((noinline, no_builtin))

NOT_A_LIBRARY_CALL void *memcpy(void *to, const void *from, size_t length) {
  uint8_t *t = to;
  const uint8_t *f = from;
  for (; length; length--) *t++ = *f++;
  return to;
}

NOT_A_LIBRARY_CALL void *memset(void *to, int value, size_t length) {
  for (uint8_t *t = to; length; length--) *t++ = (uint8_t)value;
  return to;
}
