/* Two functions for a host to call; each asks the host for one more number.
 * As a program of its own it exits with add_numbers(1, 10), which is 111 where
 * the host answers 100, and -27 where nobody knows the call (-ENOSYS is -38). */
#include "../runtime/host.h"

HOST_IMPORT(10000, uint32_t, get_third_number, void);
HOST_IMPORT(10001, uint32_t, get_extra, uint32_t);

HOST_EXPORT(uint32_t, add_numbers, uint32_t, uint32_t);
__attribute__((used, noinline)) uint32_t add_numbers(uint32_t a, uint32_t b) { return a + b + get_third_number(); }

HOST_EXPORT(uint32_t, add_with_extra, uint32_t, uint32_t);
__attribute__((used, noinline)) uint32_t add_with_extra(uint32_t a, uint32_t b) { return a + b + get_extra(a); }

#ifndef RELINKABLE
int main(void) { return (int)add_numbers(1, 10); }
#endif
