/* What picolibc asks of its platform, on top of Linux system calls: start-up,
 * file descriptors, the program break and the three standard streams. */
#include "syscall.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long checked(long result) {
  if (result < 0 && result >= -4095) {
    errno = (int)-result;
    return -1;
  }
  return result;
}

ssize_t read(int fd, void *to, size_t length) { return checked(syscall3(SYS_read, fd, (long)to, (long)length)); }
ssize_t write(int fd, const void *from, size_t length) {
  return checked(syscall3(SYS_write, fd, (long)from, (long)length));
}
int close(int fd) { return (int)checked(syscall1(SYS_close, fd)); }

int open(const char *path, int flags, ...) {
  /* The C library numbers its flags differently from the kernel. */
  long kernel_flags = flags & O_ACCMODE;
  if (flags & O_CREAT) kernel_flags |= 0100;
  if (flags & O_EXCL) kernel_flags |= 0200;
  if (flags & O_TRUNC) kernel_flags |= 01000;
  if (flags & O_APPEND) kernel_flags |= 02000;
  const long at_working_directory = -100;
  return (int)checked(syscall5(SYS_openat, at_working_directory, (long)path, kernel_flags, 0644, 0));
}

off_t lseek(int fd, off_t offset, int whence) {
#if __riscv_xlen == 32
  int64_t result = 0;
  uint64_t bits = (uint64_t)(int64_t)offset;
  long status = syscall5(SYS_lseek, fd, (long)(bits >> 32), (long)(uint32_t)bits, (long)&result, whence);
  return checked(status) < 0 ? -1 : (off_t)result;
#else
  return (off_t)checked(syscall3(SYS_lseek, fd, offset, whence));
#endif
}

void *sbrk(ptrdiff_t increment) {
  static uintptr_t top;
  if (!top) top = (uintptr_t)syscall1(SYS_brk, 0);
  uintptr_t wanted = top + (uintptr_t)increment;
  if ((uintptr_t)syscall1(SYS_brk, (long)wanted) != wanted) {
    errno = ENOMEM;
    return (void *)-1;
  }
  void *old = (void *)top;
  top = wanted;
  return old;
}

/* Standard output is flushed at each line, before input is awaited and at exit. */
static struct {
  size_t used;
  char bytes[1024];
} pending;

static int flush_output(FILE *stream) {
  (void)stream;
  size_t done = 0;
  while (done < pending.used) {
    ssize_t n = write(1, pending.bytes + done, pending.used - done);
    if (n <= 0) break;
    done += (size_t)n;
  }
  int complete = done == pending.used;
  pending.used = 0;
  return complete ? 0 : EOF;
}

static int put_output(char c, FILE *stream) {
  pending.bytes[pending.used++] = c;
  if (c == '\n' || pending.used == sizeof pending.bytes)
    if (flush_output(stream) == EOF) return EOF;
  return (unsigned char)c;
}

static int put_error(char c, FILE *stream) {
  (void)stream;
  return write(2, &c, 1) == 1 ? (unsigned char)c : EOF;
}

static int get_input(FILE *stream) {
  static unsigned char bytes[1024];
  static ssize_t length, next;
  if (next == length) {
    flush_output(stream);
    length = read(0, bytes, sizeof bytes);
    next = 0;
    if (length <= 0) {
      length = 0;
      return _FDEV_EOF;
    }
  }
  return bytes[next++];
}

static FILE input = FDEV_SETUP_STREAM(NULL, get_input, NULL, _FDEV_SETUP_READ);
static FILE output = FDEV_SETUP_STREAM(put_output, NULL, flush_output, _FDEV_SETUP_WRITE);
static FILE error = FDEV_SETUP_STREAM(put_error, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdin = &input, *const stdout = &output, *const stderr = &error;

void _exit(int status) {
  flush_output(NULL);
  for (;;) syscall1(SYS_exit, status);
}

int main(int argc, char **argv);
extern char __tls_block[], __tls_image[], __tls_image_size[];
extern void (*__init_array_start[])(void), (*__init_array_end[])(void);

__attribute__((noreturn)) void runtime_start(long *stack) {
  memcpy(__tls_block, __tls_image, (size_t)__tls_image_size);
  for (void (**function)(void) = __init_array_start; function < __init_array_end; function++) (*function)();
  exit(main((int)stack[0], (char **)(stack + 1)));
}
