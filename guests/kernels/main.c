/* Makes a guest of a kernel: runs it and prints one line, "name n checksum". */
#include "../runtime/syscall.h"
#include "kernel.h"

static char *put_decimal(char *to, uint32_t value) {
  if (value >= 10) to = put_decimal(to, value / 10);
  *to++ = (char)('0' + value % 10);
  return to;
}

static char *put_hexadecimal(char *to, uint32_t value) {
  for (int shift = 28; shift >= 0; shift -= 4) *to++ = "0123456789abcdef"[value >> shift & 15];
  return to;
}

static uint32_t parse_decimal(const char *text) {
  uint32_t value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (uint32_t)(*text - '0');
  return value;
}

int main(int argc, char **argv) {
  uint32_t n = argc > 1 ? parse_decimal(argv[1]) : kernel_default_n;
  uint32_t checksum = kernel(n);
  char line[80], *end = line;
  for (const char *c = kernel_name; *c; c++) *end++ = *c;
  *end++ = ' ';
  end = put_decimal(end, n);
  *end++ = ' ';
  end = put_hexadecimal(end, checksum);
  *end++ = '\n';
  return syscall3(SYS_write, 1, (long)line, end - line) == end - line ? 0 : 1;
}
