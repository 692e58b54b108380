/* A kernel is one function of the amount of work to do; it returns a checksum.
 * main.c makes a guest of it, native.c a host program, and clang with -Wl,--export=kernel a WebAssembly module without imports. */
#ifndef KERNEL_H
#define KERNEL_H
#include <stddef.h>
#include <stdint.h>

uint32_t kernel(uint32_t n);
extern const char kernel_name[];
extern const uint32_t kernel_default_n;

#define KERNEL(name, default_n)       \
  const char kernel_name[] = #name;   \
  const uint32_t kernel_default_n = (default_n)

#endif
