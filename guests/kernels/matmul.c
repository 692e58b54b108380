/* 96 x 96 integer matrices: 32-bit multiply and add, one strided operand. */
#include "kernel.h"
KERNEL(matmul, 300);

#define SIZE 96
typedef uint32_t matrix[SIZE][SIZE];
static matrix left, right, product;

static void fill(void) {
  uint32_t random = 1;
  for (int row = 0; row < SIZE; row++) {
    for (int column = 0; column < SIZE; column++) {
      random = random * 1664525u + 1013904223u;
      left[row][column] = random >> 8;
      random = random * 1664525u + 1013904223u;
      right[row][column] = random >> 8;
    }
  }
}

static void multiply(void) {
  for (int row = 0; row < SIZE; row++) {
    for (int column = 0; column < SIZE; column++) {
      uint32_t sum = 0;
      for (int k = 0; k < SIZE; k++) sum += left[row][k] * right[k][column];
      product[row][column] = sum;
    }
  }
}

uint32_t kernel(uint32_t n) {
  uint32_t checksum = 0;
  fill();
  for (uint32_t round = 0; round < n; round++) {
    multiply();
    left[round % SIZE][round * 7 % SIZE] ^= product[round * 5 % SIZE][round * 3 % SIZE];
    for (uint32_t row = 0; row < SIZE; row++) checksum = checksum * 31 + product[row][(row * 11 + round) % SIZE];
  }
  return checksum;
}
