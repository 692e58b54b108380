# Each register as first operand, second operand and result; x0 stays zero.
#include "framework.h"

        .macro  through register
        next_check
        li      \register, 1000
        addi    \register, \register, -1
        slli    \register, \register, 1
        xori    \register, \register, 1
        expect  \register, 1999
        .endm

        .macro  with_all_others register
        .irp    other, x1, x2, x5, x6, x8, x9, x10, x11, x12, x13, x14, x15
        li      \other, 30
        li      \register, 12
        sub     \other, \other, \register
        .ifc    \other, \register
        expect  \other, 0
        .else
        expect  \other, 18
        expect  \register, 12
        .endif
        .endr
        .endm

begin
        .irp    register, x1, x2, x5, x6, x8, x9, x10, x11, x12, x13, x14, x15
        through \register
        .endr
#ifndef EMBEDDED
        .irp    register, x16, x17, x18, x19, x20, x21, x22, x23, x24, x25, x26, x27, x28, x29, x30, x31
        through \register
        .endr
#endif
        .irp    register, x1, x2, x9, x15
        next_check
        with_all_others \register
        .endr

        next_check
        addi    x0, x0, 5
        lui     x0, 5
        auipc   x0, 5
        la      a0, cell
        lw      x0, 0(a0)
        expect  x0, 0

        next_check                      /* all live at once */
        .irp    n, 1, 2, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15
        li      x\n, \n * 3
        .endr
        .irp    n, 2, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15
        add     x1, x1, x\n
        .endr
        expect  x1, 318
finish

        .data
cell:   .word   -1
