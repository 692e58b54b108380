/* Runs a kernel as an ordinary program of the host: the baseline of the benches. With a number of rounds as second
 * argument it prints the milliseconds of each, one per line, behind the result. */
#define _POSIX_C_SOURCE 199309L
#include "kernel.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : kernel_default_n;
  uint32_t checksum = kernel(n);
  printf("%s %u %08x\n", kernel_name, (unsigned)n, (unsigned)checksum);
  for (int rounds = argc > 2 ? atoi(argv[2]) : 0; rounds > 0; rounds--) {
    double start = milliseconds();
    uint32_t again = kernel(n);
    double end = milliseconds();
    if (again != checksum) return 1;
    printf("%f\n", end - start);
  }
  return 0;
}
