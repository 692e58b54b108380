/* The macros of riscbox.h for assembly files (.S): what a guest shares with its host, as records for `riscbox link`.
 *
 *   riscbox_export add, 2, 1            the host may call the label add: two argument registers, one of result
 *   riscbox_import log_line, 2, 0       makes the label log_line, which calls the host
 *   riscbox_import now, 0, 1, 7         the same, as host call number 7
 *   riscbox_min_stack_size 65536        bytes of stack that this file needs
 *   riscbox_heap_base a0                a0 = first address behind the program's data
 *   riscbox_sbrk a0, a1                 grows the heap by a1 bytes; a0 = its new end, or 0
 *   riscbox_memset                      fills a2 bytes from a0 on with the low byte of a1
 *
 * Arguments come in a0 to a5, then t0, t1, t2; results go out in a0 and a1. A call keeps s0, s1 and sp only. */
#ifndef RISCBOX_ASM_H
#define RISCBOX_ASM_H

#if __riscv_xlen == 64
#define RISCBOX_POINTER .8byte
#else
#define RISCBOX_POINTER .4byte
#endif

/* version, flags, length of the name, name, registers of arguments, registers of results */
.macro riscbox_record name, version, inputs, outputs
        .pushsection .rodata.riscbox.\name, "a", @progbits
.Lriscbox_name_\name:
        .ascii  "\name"
.Lriscbox_name_end_\name:
        .popsection
.Lriscbox_function_\name:
        .byte   \version
        .4byte  0
        .4byte  .Lriscbox_name_end_\name - .Lriscbox_name_\name
        RISCBOX_POINTER .Lriscbox_name_\name
        .byte   \inputs, \outputs
.endm

.macro riscbox_export name, inputs, outputs
        .pushsection .polkavm_metadata, "a", @progbits
        riscbox_record \name, 1, \inputs, \outputs
        .popsection
        .pushsection .polkavm_exports, "aR", @progbits
        .byte   1
        RISCBOX_POINTER .Lriscbox_function_\name
        RISCBOX_POINTER \name
        .popsection
.endm

.macro riscbox_import name, inputs, outputs, index
        .pushsection .polkavm_metadata, "a", @progbits
        .ifb \index
        riscbox_record \name, 1, \inputs, \outputs
        .else
        riscbox_record \name, 2, \inputs, \outputs
        .byte   1
        .4byte  \index
        .endif
        .popsection
        .pushsection .text.\name, "ax", @progbits
        .balign 2
        .globl  \name
        .type   \name, @function
\name:  .insn r 0x0b, 0, 0, x0, x0, x0
        RISCBOX_POINTER .Lriscbox_function_\name
        ret
        .size   \name, . - \name
        .popsection
.endm

.macro riscbox_min_stack_size bytes
        .pushsection .polkavm_min_stack_size, "aR", @progbits
        .4byte  \bytes
        .popsection
.endm

.macro riscbox_heap_base to
        .insn r 0x0b, 3, 0, \to, x0, x0
.endm

.macro riscbox_sbrk to, bytes
        .insn r 0x0b, 1, 0, \to, \bytes, x0
.endm

.macro riscbox_memset
        .insn r 0x0b, 2, 0, x0, x0, x0
.endm

#endif
