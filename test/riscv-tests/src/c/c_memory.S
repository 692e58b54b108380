# c.lw, c.sw, c.lwsp, c.swsp and, on RV64, the doubleword forms.
#include "framework.h"

        .macro  by_register store, load, base, register, offset, value
        next_check
        la      \base, area
        li      \register, \value
        \store  \register, \offset(\base)
        li      \register, 0
        \load   \register, \offset(\base)
        expect  \register, \value
        .endm

        .macro  by_stack store, load, register, offset, value
        next_check
        la      sp, area
        li      \register, \value
        \store  \register, \offset(sp)
        li      \register, 0
        \load   \register, \offset(sp)
        expect  \register, \value
        .endm

begin
        by_register c.sw, c.lw, a0, a1, 0, 123456
        by_register c.sw, c.lw, s0, s1, 4, -123456
        by_register c.sw, c.lw, a5, a4, 64, -1
        by_register c.sw, c.lw, a2, a3, 124, -0x80000000
        by_stack c.swsp, c.lwsp, a0, 0, 654321
        by_stack c.swsp, c.lwsp, ra, 4, -654321
        by_stack c.swsp, c.lwsp, t1, 128, 1
        by_stack c.swsp, c.lwsp, a5, 252, -0x80000000

        next_check                      /* the address is the base plus the offset, and nothing else changes */
        la      a0, area
        li      a1, 0x01020304
        c.sw    a1, 68(a0)
        lw      a2, 68(a0)
        expect_same a2, a1
        lw      a2, 72(a0)
        expect  a2, 0

        next_check                      /* base and value in one register */
        la      a0, area
        c.sw    a0, 8(a0)
        mv      a1, a0
        c.lw    a0, 8(a0)
        expect_same a0, a1

        next_check
        la      sp, area
        mv      a1, sp
        c.swsp  sp, 16(sp)
        c.swsp  x0, 20(sp)
        lw      a2, 20(sp)
        expect  a2, 0
        c.lwsp  sp, 16(sp)
        expect_same sp, a1

#if __riscv_xlen == 64
        by_register c.sd, c.ld, a0, a1, 0, 0x123456789abcdef0
        by_register c.sd, c.ld, s0, s1, 8, -0x123456789abcdef0
        by_register c.sd, c.ld, a5, a4, 248, -1
        by_stack c.sdsp, c.ldsp, a0, 0, 0x123456789abcdef0
        by_stack c.sdsp, c.ldsp, ra, 8, -0x123456789abcdef0
        by_stack c.sdsp, c.ldsp, t1, 256, 1
        by_stack c.sdsp, c.ldsp, a5, 504, 0x8000000000000000
        next_check                      /* c.lw extends the sign */
        la      a0, area
        li      a1, 0xffffffff
        c.sd    a1, 0(a0)
        c.lw    a2, 0(a0)
        expect  a2, -1
        c.lw    a2, 4(a0)
        expect  a2, 0
#endif
finish

        .section .bss
        .balign 16
area:   .zero   1024
