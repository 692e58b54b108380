# lr.d and sc.d.
#include "framework.h"

begin
        la      a0, cell
        next_check
        li      a1, 0x8123456789abcdef
        sd      a1, 0(a0)
        lr.d    a2, (a0)
        expect_same a2, a1

        next_check
        li      a3, 0x7766554433221100
        sc.d    a4, a3, (a0)
        expect  a4, 0
        ld      a5, 0(a0)
        expect_same a5, a3

        next_check
        sc.d    a4, x0, (a0)
        snez    a4, a4
        expect  a4, 1
        ld      a5, 0(a0)
        expect_same a5, a3

        next_check
        li      a3, 50
        sd      x0, 0(a0)
1:      lr.d.aq a2, (a0)
        addi    a2, a2, 3
        sc.d.rl a4, a2, (a0)
        bnez    a4, 1b
        addi    a3, a3, -1
        bnez    a3, 1b
        ld      a5, 0(a0)
        expect  a5, 150
finish

        .data
        .balign 16
cell:   .dword  0
