/* 64-bit arithmetic where registers have 32 bits: what a compiler's own library would supply. Left out where unused. */
#include <stdint.h>

/* Shifts by halves: written with 64-bit shifts they would call themselves at -Oz. */
union halves {
  uint64_t whole;
  struct {
    uint32_t low, high;
  };
};

uint64_t __ashldi3(uint64_t value, int distance) {
  union halves v = {.whole = value};
  if (distance >= 32) return (union halves){.low = 0, .high = v.low << (distance - 32)}.whole;
  if (distance == 0) return value;
  return (union halves){.low = v.low << distance, .high = v.high << distance | v.low >> (32 - distance)}.whole;
}

uint64_t __lshrdi3(uint64_t value, int distance) {
  union halves v = {.whole = value};
  if (distance >= 32) return (union halves){.low = v.high >> (distance - 32), .high = 0}.whole;
  if (distance == 0) return value;
  return (union halves){.low = v.low >> distance | v.high << (32 - distance), .high = v.high >> distance}.whole;
}

int64_t __ashrdi3(int64_t value, int distance) {
  uint64_t shifted = __lshrdi3((uint64_t)value, distance);
  if (value >= 0 || distance == 0) return (int64_t)shifted;
  return (int64_t)(shifted | __ashldi3(~(uint64_t)0, 64 - distance));
}

static uint64_t divide(uint64_t dividend, uint64_t divisor, uint64_t *remainder) {
  uint64_t quotient = 0, rest = 0;
  for (int bit = 63; bit >= 0; bit--) {
    rest = rest << 1 | (dividend >> bit & 1);
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= (uint64_t)1 << bit;
    }
  }
  *remainder = rest;
  return quotient;
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor) {
  uint64_t remainder;
  return divide(dividend, divisor, &remainder);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor) {
  uint64_t remainder;
  divide(dividend, divisor, &remainder);
  return remainder;
}

static uint64_t magnitude(int64_t value) { return value < 0 ? -(uint64_t)value : (uint64_t)value; }

int64_t __divdi3(int64_t dividend, int64_t divisor) {
  uint64_t quotient = __udivdi3(magnitude(dividend), magnitude(divisor));
  return (int64_t)((dividend < 0) != (divisor < 0) ? -quotient : quotient);
}

int64_t __moddi3(int64_t dividend, int64_t divisor) {
  uint64_t remainder = __umoddi3(magnitude(dividend), magnitude(divisor));
  return (int64_t)(dividend < 0 ? -remainder : remainder);
}
