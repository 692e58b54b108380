/* What picolibc asks of its platform in a library, a guest whose host calls its exports: memory from the machine, and
 * for those who print a host function `write`, as in POSIX. */
#include "riscbox.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

RISCBOX_IMPORT(ssize_t, write, int, const void *, size_t);

void *sbrk(ptrdiff_t increment) {
  /* The machine's heap never shrinks. */
  char *end = increment < 0 ? NULL : riscbox_sbrk((size_t)increment);
  if (end == NULL) {
    errno = ENOMEM;
    return (void *)-1;
  }
  return end - increment;
}

/* Nobody says when the last function has run, so that output is written at the end of each line. */
static char pending[256];
static size_t pending_length;

static int flush_output(FILE *stream) {
  (void)stream;
  size_t length = pending_length;
  pending_length = 0;
  return length == 0 || write(1, pending, length) == (ssize_t)length ? 0 : EOF;
}

static int put_output(char c, FILE *stream) {
  pending[pending_length++] = c;
  if ((c == '\n' || pending_length == sizeof pending) && flush_output(stream) == EOF) return EOF;
  return (unsigned char)c;
}

static int put_error(char c, FILE *stream) {
  (void)stream;
  return write(2, &c, 1) == 1 ? (unsigned char)c : EOF;
}

static FILE output = FDEV_SETUP_STREAM(put_output, NULL, flush_output, _FDEV_SETUP_WRITE);
static FILE error = FDEV_SETUP_STREAM(put_error, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdin = NULL, *const stdout = &output, *const stderr = &error;

/* A library cannot end its host: abort() and failed assertions are traps. */
void _exit(int status) {
  (void)status;
  RISCBOX_TRAP();
}
