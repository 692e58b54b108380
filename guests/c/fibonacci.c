/* Fibonacci numbers the slow way (calls) and the fast way (a loop), as exports
 * for hosts and as a program: fibonacci [n]. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((used, noinline)) uint32_t fibonacci(uint32_t n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

__attribute__((used, noinline)) uint64_t fibonacci_loop(uint32_t n) {
  uint64_t current = 0, next = 1;
  for (; n > 0; n--) {
    uint64_t sum = current + next;
    current = next;
    next = sum;
  }
  return current;
}

int main(int argc, char **argv) {
  uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 20;
  printf("fibonacci(%lu) = %lu\n", (unsigned long)n, (unsigned long)fibonacci(n));
  printf("fibonacci_loop(%lu) = %llu\n", (unsigned long)(4 * n), (unsigned long long)fibonacci_loop(4 * n));
  return 0;
}
