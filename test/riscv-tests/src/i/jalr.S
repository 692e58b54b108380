# jalr: offset, link, link over the base, and the lowest bit of the target.
#include "framework.h"

        .macro  jump_by link, base, distance, offset
        next_check
        la      \base, .Ltarget\@ - (\distance)
        jalr    \link, \offset(\base)
.Lafter\@:
        never
.Ltarget\@:
        .ifnc   \link, x0
        la      a1, .Lafter\@
        expect_same \link, a1
        .endif
        .endm

begin
        jump_by ra, a0, 0, 0
        jump_by ra, a0, 8, 8
        jump_by ra, a0, -8, -8
        jump_by ra, a0, 2047, 2047
        jump_by ra, a0, -2048, -2048
        jump_by t0, a2, 100, 100
        jump_by x0, a0, 0, 0
        jump_by x0, ra, 0, 0
        jump_by ra, ra, 0, 0            /* rd = rs1: the old value is the target */
        jump_by a5, a5, -4, -4
        jump_by ra, a0, -1, 0           /* the lowest bit of the sum is cleared */
        jump_by ra, a0, 2, 3
        jump_by ra, a0, 7, 8

        next_check                      /* through x0: an absolute address */
        la      a0, 1f
        jalr    x0, 0(a0)
        never
1:      expect  x0, 0

        next_check                      /* a table of code addresses */
        li      a3, 3
        li      a4, 0
2:      addi    a3, a3, -1
        la      a0, targets
        slli    a5, a3, SHIFT
        add     a0, a0, a5
        LOAD    a0, 0(a0)
        jalr    ra, 0(a0)
        bnez    a3, 2b
        expect  a4, 111
        j       3f
first:  addi    a4, a4, 1
        ret
second: addi    a4, a4, 10
        ret
third:  addi    a4, a4, 100
        ret
3:
finish

        .section .rodata
        .balign 8
targets: WORD   first, second, third
