# c.li and c.lui.
#include "framework.h"

        .macro  set register, number
        next_check
        li      \register, 0x12345678
        c.li    \register, \number
        expect  \register, \number
        .endm

        .macro  set_upper register, number, result
        next_check
        c.lui   \register, \number
        expect  \register, \result
        .endm

begin
        set     a0, 0
        set     a0, 1
        set     a0, -1
        set     a5, 31
        set     t1, -32
        set     ra, 17
        set     sp, -16
        .half   0x4015                  # c.li x0, 5: a hint
        expect  x0, 0
        set_upper a0, 1, 0x1000
        set_upper a0, 31, 0x1f000
        set_upper ra, 16, 0x10000
#if __riscv_xlen == 64
        set_upper a0, 0xfffff, 0xfffffffffffff000
        set_upper t1, 0xfffe0, 0xfffffffffffe0000
#else
        set_upper a0, 0xfffff, 0xfffff000
        set_upper t1, 0xfffe0, 0xfffe0000
#endif
finish
