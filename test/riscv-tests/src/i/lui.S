# lui: the upper twenty bits, sign-extended to the register.
#include "framework.h"

        .macro  upper number, result
        next_check
        li      a0, -1
        lui     a0, \number
        expect  a0, \result
        .endm

begin
        upper   0, 0
        upper   1, 0x1000
        upper   0x12345, 0x12345000
        upper   0x7ffff, 0x7ffff000
#if __riscv_xlen == 64
        upper   0x80000, 0xffffffff80000000
        upper   0xfffff, 0xfffffffffffff000
#else
        upper   0x80000, 0x80000000
        upper   0xfffff, 0xfffff000
#endif
        next_check
        lui     x0, 0xfffff
        expect  x0, 0
finish
