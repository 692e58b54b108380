/* What programs use of a C library beyond printing: non-local jumps, thread-
 * local data, constructors, sorting with callbacks, the heap, files. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures;

static void check(const char *what, bool good) {
  printf("%s  %s\n", good ? "ok    " : "FAILED", what);
  failures += !good;
}

static int order[4], ordered;
__attribute__((constructor(201))) static void second(void) { order[ordered++] = 2; }
__attribute__((constructor(101))) static void first(void) { order[ordered++] = 1; }
__attribute__((constructor)) static void third(void) { order[ordered++] = 3; }
static void at_end(void) { puts("ok      atexit"); }

static __thread int thread_value = 41;
static __thread char thread_zero[16];
static __thread int64_t thread_wide = INT64_C(-5000000000);

static jmp_buf somewhere;
static void leap(volatile int *deeper) {
  volatile char ballast[64];
  ballast[*deeper % 64] = 1;
  if (*deeper == 0) longjmp(somewhere, 7);
  if (--*deeper >= 0) leap(deeper);
  ballast[0]++;
}

static void check_jumps(void) {
  volatile int passes = 0;
  int code = setjmp(somewhere);
  volatile int frames = 50;
  if (code == 0) {
    passes++;
    leap(&frames);
  }
  check("longjmp out of 50 frames", code == 7 && passes == 1);
  volatile int count = 0;
  if (setjmp(somewhere) < 20) {
    count++;
    if (count < 20) longjmp(somewhere, count);
  }
  check("longjmp as a loop", count == 20);
}

static int by_value(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

static void check_sorting(void) {
  int32_t values[200];
  uint32_t random = 1;
  for (int i = 0; i < 200; i++) values[i] = (int32_t)(random = random * 1664525u + 1013904223u);
  qsort(values, 200, sizeof *values, by_value);
  bool good = true;
  for (int i = 1; i < 200; i++) good &= values[i - 1] <= values[i];
  int32_t key = values[123];
  int32_t *found = bsearch(&key, values, 200, sizeof *values, by_value);
  check("qsort and bsearch", good && found && *found == key);
}

static void check_heap(void) {
  enum { BLOCKS = 300 };
  char *blocks[BLOCKS];
  bool good = true;
  for (int i = 0; i < BLOCKS; i++) {
    size_t size = (size_t)(i * 37 % 4000 + 1);
    good &= (blocks[i] = malloc(size)) != NULL;
    memset(blocks[i], i, size);
  }
  for (int i = 0; i < BLOCKS; i += 2) free(blocks[i]);
  for (int i = 0; i < BLOCKS; i += 2) good &= (blocks[i] = calloc(1, 3000)) != NULL && blocks[i][2999] == 0;
  for (int i = 1; i < BLOCKS; i += 2) {
    size_t size = (size_t)(i * 37 % 4000 + 1);
    good &= (blocks[i] = realloc(blocks[i], size + 5000)) != NULL;
    good &= blocks[i][0] == (char)i && blocks[i][size - 1] == (char)i;
  }
  for (int i = 0; i < BLOCKS; i++) free(blocks[i]);
  check("malloc, calloc, realloc, free", good);
  errno = 0;
  check("an impossible malloc fails with ENOMEM", malloc((size_t)PTRDIFF_MAX / 2) == NULL && errno == ENOMEM);
}

static void check_numbers(void) {
  char text[128];
  snprintf(text, sizeof text, "%d %u %lld %#x %o|%-6s|%06.2f|%g|%e", -42, 4000000000u, -9000000000LL, 48879, 8,
           "left", 3.14159, 0.0001, 12345.678);
  check("printf formats", strcmp(text, "-42 4000000000 -9000000000 0xbeef 10|left  |003.14|0.0001|1.234568e+04") == 0);
  check("strtod, strtoll", strtod("  -1.5e3x", NULL) == -1500.0 && strtoll("-0x10", NULL, 0) == -16);
  int a, b;
  char word[16];
  check("sscanf", sscanf("12 ab 0x1f", "%d %15s %i", &a, word, &b) == 3 && a == 12 && b == 31 && !strcmp(word, "ab"));
}

static void check_system_calls(void) {
  errno = 0;
  check("open of a missing file fails with ENOENT", open("/nonexistent/file", O_RDONLY) == -1 && errno == ENOENT);
  errno = 0;
  check("write to a bad descriptor fails with EBADF", write(99, "x", 1) == -1 && errno == EBADF);
  errno = 0;
  check("read into an empty buffer", read(0, order, 0) == 0 && errno == 0);
}

int main(int argc, char **argv) {
  atexit(at_end);
  check("constructors in order of priority", ordered == 3 && order[0] == 1 && order[1] == 2 && order[2] == 3);
  check("thread-local data", thread_value == 41 && thread_zero[15] == 0 && thread_wide == INT64_C(-5000000000));
  thread_value++;
  thread_zero[3] = 9;
  check("thread-local data is writable", thread_value == 42 && thread_zero[3] == 9 && thread_zero[4] == 0);
  check_jumps();
  check_sorting();
  check_heap();
  check_numbers();
  check_system_calls();
  check("argv ends with a null pointer", argc >= 1 && argv[argc] == NULL);
  return failures;
}
