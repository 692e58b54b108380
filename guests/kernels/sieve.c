/* Primes below a million by crossing out: byte stores, counted loops, branches. */
#include "kernel.h"
KERNEL(sieve, 50);

#define LIMIT 1000000u
static uint8_t crossed_out[LIMIT + 1];

static void cross_out(void) {
  for (uint32_t i = 0; i <= LIMIT; i++) crossed_out[i] = 0;
  for (uint32_t prime = 2; prime * prime <= LIMIT; prime++) {
    if (crossed_out[prime]) continue;
    for (uint32_t multiple = prime * prime; multiple <= LIMIT; multiple += prime) crossed_out[multiple] = 1;
  }
}

uint32_t kernel(uint32_t n) {
  uint32_t checksum = 0;
  for (uint32_t round = 0; round < n; round++) {
    cross_out();
    uint32_t primes = 0;
    /* Odd rounds leave out the 2, so that no round can be dropped as a repetition. */
    for (uint32_t i = round % 2 ? 3 : 2; i <= LIMIT; i++) primes += !crossed_out[i];
    checksum = checksum * 31 + primes;
  }
  return checksum;
}
