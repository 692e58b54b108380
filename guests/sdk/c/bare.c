/* Start-up of a program without a C library; link memory.c too. */
#include "linux.h"

int main(int argc, char **argv);

__attribute__((noreturn)) void riscbox_start(long *stack) {
  int status = main((int)stack[0], (char **)(stack + 1));
  for (;;) riscbox_system_call(RISCBOX_EXIT, status, 0, 0, 0, 0);
}
