# c.andi, c.and, c.or, c.xor, c.sub, c.add, c.mv.
#include "framework.h"

        .macro  with_constant start, number, result
        next_check
        li      a0, \start
        c.andi  a0, \number
        expect  a0, \result
        .endm

        .macro  two op, left, right, first, second, result
        next_check
        li      \left, \first
        li      \right, \second
        \op     \left, \right
        expect  \left, \result
        expect  \right, \second
        .endm

        .macro  itself op, register, start, result
        next_check
        li      \register, \start
        \op     \register, \register
        expect  \register, \result
        .endm

begin
        with_constant 0x55, 0, 0
        with_constant 0x155, 31, 0x15
        with_constant 0x155, -32, 0x140
        with_constant -1, -1, -1
        with_constant -1, 16, 16
        two     c.and, a0, a1, 0x0ff0, 0x3c3c, 0x0c30
        two     c.and, s0, s1, -1, 0x123, 0x123
        two     c.or, a0, a1, 0x0ff0, 0x3c3c, 0x3ffc
        two     c.or, a5, a4, 0, -2, -2
        two     c.xor, a0, a1, 0x0ff0, 0x3c3c, 0x33cc
        two     c.xor, a2, a3, -1, 0x123, -0x124
        two     c.sub, a0, a1, 5, 7, -2
        two     c.sub, s1, a5, 0, 1, -1
        two     c.sub, a0, a1, 0x7fffffff, 0x7fffffff, 0
        two     c.add, a0, a1, 5, 7, 12
        two     c.add, ra, sp, -1, 1, 0
        two     c.add, t1, t0, 1000, -2000, -1000
        two     c.mv, a0, a1, 5, 7, 7
        two     c.mv, sp, ra, 0, -9, -9
#if __riscv_xlen == 64
        two     c.sub, a0, a1, 0, 0x123456789, -0x123456789
        two     c.add, a0, a1, 0xffffffff, 1, 0x100000000
        two     c.mv, a0, a1, 0, 0x8000000080000000, 0x8000000080000000
#else
        two     c.sub, a0, a1, 0x80000000, 1, 0x7fffffff
        two     c.add, a0, a1, 0x80000000, 0x80000000, 0
#endif
        itself  c.and, a0, 77, 77
        itself  c.or, a0, 77, 77
        itself  c.xor, a0, 77, 0
        itself  c.sub, a0, 77, 0
        itself  c.add, a0, 77, 154
        itself  c.mv, a0, 77, 77
finish
