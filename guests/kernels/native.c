/* Runs a kernel as an ordinary program of the host: the baseline of the benches. */
#include "kernel.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : kernel_default_n;
  printf("%s %u %08x\n", kernel_name, (unsigned)n, (unsigned)kernel(n));
  return 0;
}
