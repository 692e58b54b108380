/* Functions shared with an embedding host.
 *
 *   HOST_IMPORT(number, inputs, name)    declares `name`, which the host supplies
 *   HOST_EXPORT(inputs, outputs, name)   makes the function `name` callable by the host
 *
 * Inputs and outputs count argument and result registers. Two ways of building:
 *
 * Stock ELF (default): an import is a system call with a number above those of
 * Linux; an export is a global symbol.
 *
 * -DRELINKABLE: records for a linker that produces PolkaVM blobs (PolkaVM 0.35,
 * version 1 of the export and metadata records). An import is the custom-0
 * instruction followed by a pointer to its record, and goes by name. */
#ifndef HOST_H
#define HOST_H
#include <stdint.h>

#ifdef RELINKABLE

#if __riscv_xlen == 64
#define HOST_POINTER ".8byte "
#else
#define HOST_POINTER ".4byte "
#endif

/* version, flags, length of the name, name, input registers, output registers */
#define HOST_RECORD(name, inputs, outputs)                  \
  ".pushsection .rodata." #name "_name,\"aR\",@progbits\n"  \
  #name "_name: .ascii \"" #name "\"\n"                     \
  #name "_name_end:\n"                                      \
  ".popsection\n"                                           \
  ".pushsection .polkavm_metadata,\"aR\",@progbits\n"       \
  #name "_record: .byte 1\n"                                \
  ".4byte 0\n"                                              \
  ".4byte " #name "_name_end - " #name "_name\n"            \
  HOST_POINTER #name "_name\n"                              \
  ".byte " #inputs ", " #outputs "\n"                       \
  ".popsection\n"

#define HOST_EXPORT(inputs, outputs, name)              \
  __asm__(HOST_RECORD(name, inputs, outputs)            \
          ".pushsection .polkavm_exports,\"aR\",@progbits\n" \
          ".byte 1\n"                                   \
          HOST_POINTER #name "_record\n"                \
          HOST_POINTER #name "\n"                       \
          ".popsection\n")

#define HOST_IMPORT(number, inputs, name)                  \
  __asm__(HOST_RECORD(name, inputs, 1)                     \
          ".pushsection .text." #name ",\"ax\",@progbits\n" \
          ".globl " #name "\n.type " #name ",@function\n"  \
          #name ":\n"                                      \
          ".insn r 0x0b, 0, 0, x0, x0, x0\n"               \
          HOST_POINTER #name "_record\n"                   \
          "ret\n.size " #name ", . - " #name "\n"          \
          ".popsection\n")

#else

#if defined(__riscv_32e) || defined(__riscv_64e) || defined(__riscv_e)
#define HOST_NUMBER_REGISTER "t0"
#else
#define HOST_NUMBER_REGISTER "a7"
#endif

#define HOST_EXPORT(inputs, outputs, name) __asm__(".globl " #name)

#define HOST_IMPORT(number, inputs, name)                        \
  __asm__(".pushsection .text." #name ",\"ax\",@progbits\n"      \
          ".globl " #name "\n.type " #name ",@function\n"        \
          #name ":\n"                                            \
          "li " HOST_NUMBER_REGISTER ", " #number "\n"           \
          "ecall\n"                                              \
          "ret\n.size " #name ", . - " #name "\n"                \
          ".popsection\n")

#endif
#endif
