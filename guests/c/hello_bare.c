/* The smallest useful guest: no C library, one `write`, one `exit`. */
#include "../runtime/syscall.h"

int main(void) {
  static const char text[] = "Hello, world!\n";
  const long length = sizeof text - 1;
  return syscall3(SYS_write, 1, (long)text, length) == length ? 0 : 1;
}
