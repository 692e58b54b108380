/* What picolibc asks of its platform in a program: start-up, files, memory and the three standard streams, by Linux
 * system calls, which `riscbox run` and `runLinux` answer. */
#include "linux.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static long call(long number, long a, long b, long c) { return riscbox_system_call(number, a, b, c, 0, 0); }

/* The result of a system call as the C library wants it. */
static long checked(long result) {
  if (result < 0 && result >= -4095) {
    errno = (int)-result;
    return -1;
  }
  return result;
}

ssize_t read(int fd, void *to, size_t length) { return checked(call(RISCBOX_READ, fd, (long)to, (long)length)); }

ssize_t write(int fd, const void *from, size_t length) {
  return checked(call(RISCBOX_WRITE, fd, (long)from, (long)length));
}

int close(int fd) { return (int)checked(call(RISCBOX_CLOSE, fd, 0, 0)); }

int open(const char *path, int flags, ...) {
  /* The C library numbers its flags differently from the kernel. */
  long kernel_flags = flags & O_ACCMODE;
  if (flags & O_CREAT) kernel_flags |= 0100;
  if (flags & O_EXCL) kernel_flags |= 0200;
  if (flags & O_TRUNC) kernel_flags |= 01000;
  if (flags & O_APPEND) kernel_flags |= 02000;
  const long at_working_directory = -100;
  return (int)checked(
      riscbox_system_call(RISCBOX_OPENAT, at_working_directory, (long)path, kernel_flags, 0644, 0));
}

off_t lseek(int fd, off_t offset, int whence) {
#if __riscv_xlen == 32
  int64_t result = 0;
  uint64_t bits = (uint64_t)offset;
  long status =
      riscbox_system_call(RISCBOX_LSEEK, fd, (long)(bits >> 32), (long)(uint32_t)bits, (long)&result, whence);
  return checked(status) < 0 ? -1 : (off_t)result;
#else
  return (off_t)checked(call(RISCBOX_LSEEK, fd, offset, whence));
#endif
}

void *sbrk(ptrdiff_t increment) {
  static uintptr_t end;
  if (end == 0) end = (uintptr_t)call(RISCBOX_BRK, 0, 0, 0);
  uintptr_t wanted = end + (uintptr_t)increment;
  if ((uintptr_t)call(RISCBOX_BRK, (long)wanted, 0, 0) != wanted) {
    errno = ENOMEM;
    return (void *)-1;
  }
  void *start = (void *)end;
  end = wanted;
  return start;
}

/* Standard output is written at the end of each line, before input is awaited, and at exit. */
static char pending[1024];
static size_t pending_length;

static int flush_output(FILE *stream) {
  (void)stream;
  size_t done = 0;
  while (done < pending_length) {
    ssize_t written = write(1, pending + done, pending_length - done);
    if (written <= 0) break;
    done += (size_t)written;
  }
  int is_complete = done == pending_length;
  pending_length = 0;
  return is_complete ? 0 : EOF;
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

static int get_input(FILE *stream) {
  static unsigned char bytes[1024];
  static ssize_t length, next;
  if (next >= length) {
    flush_output(stream);
    length = read(0, bytes, sizeof bytes);
    next = 0;
    if (length <= 0) return _FDEV_EOF;
  }
  return bytes[next++];
}

static FILE input = FDEV_SETUP_STREAM(NULL, get_input, NULL, _FDEV_SETUP_READ);
static FILE output = FDEV_SETUP_STREAM(put_output, NULL, flush_output, _FDEV_SETUP_WRITE);
static FILE error = FDEV_SETUP_STREAM(put_error, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdin = &input, *const stdout = &output, *const stderr = &error;

void _exit(int status) {
  flush_output(NULL);
  for (;;) call(RISCBOX_EXIT, status, 0, 0);
}

int main(int argc, char **argv);
extern void (*__init_array_start[])(void), (*__init_array_end[])(void);

__attribute__((noreturn)) void riscbox_start(long *stack) {
  for (void (**function)(void) = __init_array_start; function < __init_array_end; function++) (*function)();
  exit(main((int)stack[0], (char **)(stack + 1)));
}
