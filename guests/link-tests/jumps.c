/* setjmp and longjmp, atexit, thread-local data, a coroutine by hand. */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf target;
static _Thread_local int depth = 3, untouched;
static _Thread_local struct {
  int code;
  const char *why;
} problem = {-1, "nothing"};

static void fail_at(int level) {
  depth++;
  if (level == 0) {
    problem.code = depth;
    problem.why = "bottom";
    longjmp(target, 40 + depth);
  }
  fail_at(level - 1);
  puts("never");
}

static void finished(void) { printf("exit handler, depth %d\n", depth); }

static int protect(int (*function)(int), int argument) {
  jmp_buf saved;
  __builtin_memcpy(saved, target, sizeof saved);
  volatile int result = -1;
  int thrown = setjmp(target);
  if (thrown == 0) result = function(argument);
  else result = -thrown;
  __builtin_memcpy(target, saved, sizeof saved);
  return result;
}

static int divide(int by) {
  if (by == 0) longjmp(target, 5);
  return 100 / by;
}

static int nested(int by) { return protect(divide, by) + protect(divide, by - 1); }

int main(void) {
  atexit(finished);
  volatile int round = 0;
  int thrown = setjmp(target);
  if (thrown) printf("thrown %d: %s, code %d\n", thrown, problem.why, problem.code);
  if (round++ < 3) fail_at(round * 2);
  printf("%d %d %d\n", protect(divide, 7), protect(divide, 0), protect(nested, 1));
  errno = 12;
  printf("errno %d, untouched %d\n", errno, untouched);
  exit(depth & 31);
}
