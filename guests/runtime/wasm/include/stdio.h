/* The part of the C library that the Lisp guest needs when it is compiled straight to WebAssembly. */
#ifndef STDIO_H
#define STDIO_H
#include <stdarg.h>
#include <stddef.h>
#define EOF (-1)
typedef struct file FILE;
extern FILE *const stdin, *const stdout, *const stderr;
FILE *fopen(const char *name, const char *mode);
int fclose(FILE *file);
int fflush(FILE *file);
int getc(FILE *file);
int ungetc(int c, FILE *file);
int putchar(int c);
int fputs(const char *text, FILE *file);
size_t fwrite(const void *from, size_t size, size_t count, FILE *file);
int fprintf(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *to, size_t size, const char *format, va_list arguments);
#endif
