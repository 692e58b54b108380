# c.slli, c.srli, c.srai.
#include "framework.h"

        .macro  shift op, register, start, number, result
        next_check
        li      \register, \start
        \op     \register, \number
        expect  \register, \result
        .endm

begin
        shift   c.slli, a0, 1, 1, 2
        shift   c.slli, ra, 0x123, 12, 0x123000
        shift   c.slli, t1, 3, 16, 0x30000
        shift   c.srli, a0, 0x123000, 12, 0x123
        shift   c.srli, s1, 0x7fffffff, 30, 1
        shift   c.srai, a0, -1, 1, -1
        shift   c.srai, a5, -256, 4, -16
        shift   c.srai, s0, 0x7ffff000, 12, 0x7ffff
#if __riscv_xlen == 64
        shift   c.slli, a0, 1, 63, 0x8000000000000000
        shift   c.slli, a0, 0x80000000, 32, 0x8000000000000000
        shift   c.srli, a0, 0x8000000000000000, 63, 1
        shift   c.srli, a0, -1, 32, 0xffffffff
        shift   c.srai, a0, 0x8000000000000000, 63, -1
        shift   c.srai, a0, 0x8000000000000000, 32, 0xffffffff80000000
#else
        shift   c.slli, a0, 1, 31, 0x80000000
        shift   c.slli, a0, -1, 31, 0x80000000
        shift   c.srli, a0, 0x80000000, 31, 1
        shift   c.srli, a0, -1, 1, 0x7fffffff
        shift   c.srai, a0, 0x80000000, 31, -1
        shift   c.srai, a0, 0x80000000, 16, 0xffff8000
#endif
finish
