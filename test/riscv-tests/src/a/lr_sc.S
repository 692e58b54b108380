# lr.w and sc.w: one reservation, used up by the next sc.
#include "framework.h"

begin
        la      a0, cell
        next_check                      /* the word is sign-extended */
        li      a1, -5
        sw      a1, 0(a0)
        lr.w    a2, (a0)
        expect  a2, -5

        next_check                      /* success: zero, and the memory changes */
        li      a3, 77
        lr.w    a2, (a0)
        sc.w    a4, a3, (a0)
        expect  a4, 0
        lw      a5, 0(a0)
        expect  a5, 77

        next_check                      /* the reservation is gone: not zero, no change */
        li      a3, 78
        sc.w    a4, a3, (a0)
        snez    a4, a4
        expect  a4, 1
        lw      a5, 0(a0)
        expect  a5, 77

        next_check                      /* without any lr */
        la      a1, other
        li      a3, 1
        sc.w    a4, a3, (a1)
        snez    a4, a4
        expect  a4, 1
        lw      a5, 0(a1)
        expect  a5, 1000

        next_check                      /* reserved here, stored there */
        lr.w    a2, (a0)
        sc.w    a4, a3, (a1)
        snez    a4, a4
        expect  a4, 1
        lw      a5, 0(a1)
        expect  a5, 1000

        next_check                      /* the second lr counts */
        lr.w    a2, (a1)
        lr.w    a2, (a0)
        li      a3, 99
        sc.w    a4, a3, (a0)
        expect  a4, 0
        lw      a5, 0(a0)
        expect  a5, 99

        next_check                      /* ordering bits, results over the operands */
        lr.w.aqrl a2, (a0)
        mv      a4, a0
        li      a3, 5
        sc.w.rl a4, a3, (a4)
        expect  a4, 0
        lr.w.aq a2, (a0)
        expect  a2, 5
        li      a3, 6
        sc.w.aqrl a3, a3, (a0)
        expect  a3, 0
        mv      a2, a0
        lr.w    a2, (a2)
        expect  a2, 6

        next_check                      /* x0: loads to nowhere, stores zero */
        lr.w    x0, (a0)
        sc.w    x0, x0, (a0)
        lw      a5, 0(a0)
        expect  a5, 0
        expect  x0, 0

        next_check                      /* the usual loop */
        li      a3, 50
1:      lr.w    a2, (a0)
        addi    a2, a2, 3
        sc.w    a4, a2, (a0)
        bnez    a4, 1b
        addi    a3, a3, -1
        bnez    a3, 1b
        lw      a5, 0(a0)
        expect  a5, 150
finish

        .data
        .balign 16
cell:   .word   0
        .zero   12
        .balign 64
other:  .word   1000
