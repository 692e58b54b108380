# jal: forward, backward, link in any register or in none.
#include "framework.h"

begin
        next_check
        li      a0, 0
        jal     ra, 2f
1:      never
2:      la      a1, 1b
        expect_same ra, a1

        next_check
        j       2f
1:      j       3f
        never
2:      jal     t0, 1b
after:  never
3:      la      a1, after
        expect_same t0, a1

        next_check
        jal     x0, 1f
        never
1:      expect  x0, 0

        .irp    link, x1, x2, x5, x6, x7, x8, x9, x10, x12, x13, x14, x15
        next_check
        jal     \link, 1f
2:      never
1:      la      a1, 2b
        expect_same \link, a1
        .endr

        next_check              /* to itself plus four: the shortest jump that moves */
        li      a0, 5
        jal     x0, 1f
1:      addi    a0, a0, 1
        expect  a0, 6

        next_check              /* a loop of calls and returns */
        li      a0, 0
        li      a3, 20
1:      jal     ra, 2f
        addi    a3, a3, -1
        bnez    a3, 1b
        expect  a0, 60
        j       3f
2:      addi    a0, a0, 3
        ret
3:
finish
