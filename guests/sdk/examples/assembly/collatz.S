# How many steps it takes from a number to 1, when even ones are halved and odd ones become 3n + 1. The host is told
# the largest number on the way.
#include "riscbox-asm.h"

        riscbox_import largest, 1, 0
        riscbox_export collatz, 1, 1

        .text
        .globl  collatz
        .type   collatz, @function
collatz:
        addi    sp, sp, -16
#if __riscv_xlen == 64
        sd      ra, 8(sp)
        sd      s0, 0(sp)
#else
        sw      ra, 8(sp)
        sw      s0, 0(sp)
#endif
        li      s0, 0                   # steps
        mv      a1, a0                  # largest so far
        li      t0, 1
1:      bleu    a0, t0, 4f
        addi    s0, s0, 1
        andi    a2, a0, 1
        bnez    a2, 2f
        srli    a0, a0, 1
        j       1b
2:      slli    a2, a0, 1
        add     a0, a0, a2
        addi    a0, a0, 1
        bgeu    a1, a0, 1b
        mv      a1, a0
        j       1b
4:      mv      a0, a1
        call    largest
        mv      a0, s0
#if __riscv_xlen == 64
        ld      ra, 8(sp)
        ld      s0, 0(sp)
#else
        lw      ra, 8(sp)
        lw      s0, 0(sp)
#endif
        addi    sp, sp, 16
        ret
        .size   collatz, . - collatz
