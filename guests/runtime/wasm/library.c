/* A C library for programs compiled straight to WebAssembly: standard streams on two imports, a heap, a little text.
 * The only file is standard input; the host calls run(). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __wasm__
#define IMPORT(name) __attribute__((import_module("host"), import_name(name)))
IMPORT("read") int host_read(void *to, size_t length);
IMPORT("write") void host_write(int fd, const void *from, size_t length);
IMPORT("exit") _Noreturn void host_exit(int status);
#define EXPORT(name) __attribute__((export_name(name)))
#else
/* The table of sizes (bench/size.ts) compares the same program on RISC-V. */
#include "../../sdk/c/riscbox.h"
RISCBOX_IMPORT(int, host_read, void *, size_t);
RISCBOX_IMPORT(void, host_write, int, const void *, size_t);
RISCBOX_IMPORT(void, host_stop, int);
#define EXPORT(name)
static _Noreturn void host_exit(int status) {
  host_stop(status);
  for (;;) {}
}
#endif

int main(int argc, char **argv);

EXPORT("run") int run(void) {
  char *argv[] = {(char *)"program", NULL};
  int status = main(1, argv);
  fflush(stdout);
  return status;
}

_Noreturn void exit(int status) {
  fflush(stdout);
  host_exit(status);
}

/* The compiler would make a call of memcpy out of memcpy's own loop. */
#define NOT_A_LIBRARY_CALL __attribute__((noinline, no_builtin))

NOT_A_LIBRARY_CALL void *memcpy(void *to, const void *from, size_t length) {
  uint8_t *t = to;
  const uint8_t *f = from;
  for (; length; length--) *t++ = *f++;
  return to;
}

NOT_A_LIBRARY_CALL void *memset(void *to, int value, size_t length) {
  for (uint8_t *t = to; length; length--) *t++ = (uint8_t)value;
  return to;
}

int memcmp(const void *left, const void *right, size_t length) {
  const uint8_t *l = left, *r = right;
  for (; length; length--, l++, r++)
    if (*l != *r) return *l - *r;
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

int strcmp(const char *left, const char *right) {
  for (; *left && *left == *right; left++, right++) {}
  return (unsigned char)*left - (unsigned char)*right;
}

char *strcpy(char *to, const char *from) {
  memcpy(to, from, strlen(from) + 1);
  return to;
}

char *strchr(const char *text, int c) {
  for (;; text++) {
    if (*text == (char)c) return (char *)text;
    if (!*text) return NULL;
  }
}

/* Heap: free lists by powers of two, the size class in the eight bytes before each piece. */
#define CLASSES 28
#define PAGE 65536u
#ifdef __wasm__
extern char __heap_base[];
static void *heap_base(void) { return __heap_base; }
static uintptr_t heap_end(void) { return __builtin_wasm_memory_size(0) * PAGE; }
static int grow_heap(size_t pages) { return __builtin_wasm_memory_grow(0, pages) != SIZE_MAX; }
#else
static void *heap_base(void) { return riscbox_heap_base(); }
static uintptr_t heap_end(void) { return (uintptr_t)riscbox_sbrk(0); }
static int grow_heap(size_t pages) { return riscbox_sbrk(pages * PAGE) != NULL; }
#endif

union header {
  uint32_t class;
  uint64_t alignment;
};
static union header *free_pieces[CLASSES];
static uintptr_t heap_at;

static union header **next_of(union header *piece) { return (union header **)(piece + 1); }

void *malloc(size_t size) {
  uint32_t class = 3;
  while (((size_t)1 << class) < size) class++;
  if (class >= CLASSES) return NULL;
  union header *piece = free_pieces[class];
  if (piece) {
    free_pieces[class] = *next_of(piece);
    return piece + 1;
  }
  if (!heap_at) heap_at = ((uintptr_t)heap_base() + 7) & ~(uintptr_t)7;
  uintptr_t end = heap_at + sizeof *piece + ((size_t)1 << class);
  if (end > heap_end() && !grow_heap((end - heap_end() + PAGE - 1) / PAGE)) return NULL;
  piece = (union header *)heap_at;
  heap_at = end;
  piece->class = class;
  return piece + 1;
}

void free(void *old) {
  if (!old) return;
  union header *piece = (union header *)old - 1;
  *next_of(piece) = free_pieces[piece->class];
  free_pieces[piece->class] = piece;
}

void *realloc(void *old, size_t size) {
  if (!old) return malloc(size);
  size_t held = (size_t)1 << ((union header *)old - 1)->class;
  if (size <= held) return old;
  void *larger = malloc(size);
  if (!larger) return NULL;
  memcpy(larger, old, held);
  free(old);
  return larger;
}

struct file {
  int fd;
  size_t used, next;
  char bytes[1024];
};
static struct file input = {.fd = 0}, output = {.fd = 1}, error = {.fd = 2};
FILE *const stdin = &input, *const stdout = &output, *const stderr = &error;

FILE *fopen(const char *name, const char *mode) {
  (void)name, (void)mode;
  return NULL;
}

int fclose(FILE *file) {
  (void)file;
  return 0;
}

int fflush(FILE *file) {
  if (file->used) host_write(file->fd, file->bytes, file->used);
  file->used = 0;
  return 0;
}

int getc(FILE *file) {
  if (file->next == file->used) {
    int length = host_read(file->bytes, sizeof file->bytes);
    if (length <= 0) return EOF;
    file->used = (size_t)length;
    file->next = 0;
  }
  return (unsigned char)file->bytes[file->next++];
}

int ungetc(int c, FILE *file) {
  file->next--;
  return c;
}

static void put(FILE *file, char c) {
  file->bytes[file->used++] = c;
  if (c == '\n' || file->used == sizeof file->bytes) fflush(file);
}

int putchar(int c) {
  put(stdout, (char)c);
  return c;
}

size_t fwrite(const void *from, size_t size, size_t count, FILE *file) {
  const char *bytes = from;
  for (size_t i = 0; i < size * count; i++) put(file, bytes[i]);
  return count;
}

int fputs(const char *text, FILE *file) {
  for (; *text; text++) put(file, *text);
  return 0;
}

/* %s, %d, %lld and %% only. */
int vsnprintf(char *to, size_t size, const char *format, va_list arguments) {
  size_t length = 0;
#define PUT(c) (void)(length + 1 < size && (to[length] = (c))), length++
  for (; *format; format++) {
    if (*format != '%') {
      PUT(*format);
      continue;
    }
    int wide = 0;
    for (format++; *format == 'l'; format++) wide++;
    if (*format == 's') {
      for (const char *text = va_arg(arguments, const char *); *text; text++) PUT(*text);
    } else if (*format == 'd') {
      int64_t value = wide == 2 ? va_arg(arguments, long long) : va_arg(arguments, int);
      uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
      char digits[20];
      int count = 0;
      do digits[count++] = (char)('0' + rest % 10);
      while (rest /= 10);
      if (value < 0) PUT('-');
      while (count > 0) PUT(digits[--count]);
    } else {
      PUT(*format);
    }
  }
  if (size) to[length < size ? length : size - 1] = '\0';
  return (int)length;
}

int snprintf(char *to, size_t size, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(to, size, format, arguments);
  va_end(arguments);
  return length;
}

int fprintf(FILE *file, const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fputs(text, file);
  return length;
}
