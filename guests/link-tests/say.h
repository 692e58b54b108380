/* Output of the link tests without a C library: a name and a number per line. */
#ifndef SAY_H
#define SAY_H
#include "../runtime/syscall.h"

static void say(const char *name, long long value) {
  char line[80];
  int length = 0;
  while (*name && length < 40) line[length++] = *name++;
  line[length++] = ' ';
  unsigned long long rest = (unsigned long long)value;
  for (int digit = 60; digit >= 0; digit -= 4) line[length++] = "0123456789abcdef"[(rest >> digit) & 15];
  line[length++] = '\n';
  syscall3(SYS_write, 1, (long)line, length);
}

/* What compilers cannot know the value of. */
static volatile int unknown_zero;
static inline int opaque(int value) { return value + unknown_zero; }

#endif
