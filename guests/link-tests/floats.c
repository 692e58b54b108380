/* Floating point without hardware for it. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static double polynomial(const double *coefficients, int count, double x) {
  double sum = 0;
  while (count-- > 0) sum = sum * x + coefficients[count];
  return sum;
}

static float root(float x) {
  float guess = x / 2;
  for (int i = 0; i < 20; i++) guess = (guess + x / guess) / 2;
  return guess;
}

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

int main(void) {
  static const double coefficients[] = {1.5, -2.25, 1e-3, 4};
  volatile double x = 0.1;
  for (int i = 0; i < 6; i++, x *= -3.7) {
    double y = polynomial(coefficients, 4, x);
    printf("%016llx %d %lld\n", (unsigned long long)bits_of(y), y < x, (long long)(y * 1000));
  }
  volatile float f = 2;
  float r = root(f);
  uint32_t bits;
  memcpy(&bits, &r, sizeof bits);
  printf("%08lx %u %d\n", (unsigned long)bits, (unsigned)(r * 10000), r == r);
  volatile double zero = 0;
  double nan = zero / zero, infinity = 1 / zero;
  printf("%d %d %d\n", nan == nan, infinity > 1e300, -infinity < nan);
  volatile int64_t large = 0x123456789abcdef;
  printf("%016llx %016llx\n", (unsigned long long)bits_of((double)large), (unsigned long long)bits_of((double)(uint32_t)large));
  return 0;
}
