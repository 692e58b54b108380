/* Functions shared with an embedding host.
 *
 *   HOST_IMPORT(number, result, name, parameters...)   declares `name`, which the host supplies
 *   HOST_EXPORT(result, name, parameters...)           makes the function `name` callable by the host
 *
 * Two ways of building:
 *
 * Stock ELF (default): an import is a system call with a number above those of
 * Linux; an export is a global symbol.
 *
 * -DRELINKABLE: as the guest kit does it, for PolkaVM code; imports go by name. */
#ifndef HOST_H
#define HOST_H
#include <stdint.h>

#ifdef RELINKABLE

#include "../sdk/c/riscbox.h"

#define HOST_EXPORT(result, ...) RISCBOX_EXPORT(result, __VA_ARGS__)
#define HOST_IMPORT(number, result, ...) RISCBOX_IMPORT(result, __VA_ARGS__)

#else

#if defined(__riscv_32e) || defined(__riscv_64e) || defined(__riscv_e)
#define HOST_NUMBER_REGISTER "t0"
#else
#define HOST_NUMBER_REGISTER "a7"
#endif

#define HOST_EXPORT(result, name, ...) \
  result name(__VA_ARGS__);            \
  __asm__(".globl " #name)

#define HOST_IMPORT(number, result, name, ...)                   \
  result name(__VA_ARGS__);                                      \
  __asm__(".pushsection .text." #name ",\"ax\",@progbits\n"      \
          ".globl " #name "\n.type " #name ",@function\n"        \
          #name ":\n"                                            \
          "li " HOST_NUMBER_REGISTER ", " #number "\n"           \
          "ecall\n"                                              \
          "ret\n.size " #name ", . - " #name "\n"                \
          ".popsection\n")

#endif
#endif
