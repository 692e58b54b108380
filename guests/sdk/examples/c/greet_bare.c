/* A program without a C library, for instruction sets that have none. */
#include "linux.h"
#include <stddef.h>

static void print(const char *text) {
  size_t length = 0;
  while (text[length] != '\0') length++;
  riscbox_system_call(RISCBOX_WRITE, 1, (long)text, (long)length, 0, 0);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    print("Hello, ");
    print(argv[i]);
    print("!\n");
  }
  return argc < 2 ? 2 : 0;
}
