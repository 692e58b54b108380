# Loads and stores at every misalignment, also across a page boundary.
#include "framework.h"

        .macro  round_trip store, load, offset, value
        la      a0, page_end
        li      a1, \value
        \store  a1, \offset(a0)
        \load   a2, \offset(a0)
        expect_same a2, a1
        .endm

begin
        .irp    offset, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1
        next_check
        round_trip sh, lh, \offset, 0x1234 + \offset
        round_trip sh, lh, \offset, -0x1234 + \offset
        round_trip sw, lw, \offset, 0x12345678 + \offset
        round_trip sw, lw, \offset, -0x12345678 + \offset
#if __riscv_xlen == 64
        round_trip sd, ld, \offset, 0x123456789abcdef0 + \offset
#endif
        .endr
        next_check                      /* the bytes come out in memory order */
        li      a1, 0x44332211
        sw      a1, -2(a0)
        lbu     a2, -2(a0)
        expect  a2, 0x11
        lbu     a2, -1(a0)
        expect  a2, 0x22
        lbu     a2, 0(a0)
        expect  a2, 0x33
        lbu     a2, 1(a0)
        expect  a2, 0x44
finish

        .section .bss
        .balign 4096
        .zero   4096
page_end:
        .zero   64
