# c.addi and c.nop.
#include "framework.h"

        .macro  add_to register, start, number, result
        next_check
        li      \register, \start
        c.addi  \register, \number
        expect  \register, \result
        .endm

begin
        add_to  a0, 0, 1, 1
        add_to  a0, 100, 31, 131
        add_to  a0, 100, -32, 68
        add_to  a0, 0, -1, -1
        add_to  ra, 7, -7, 0
        add_to  sp, 64, 16, 80
        add_to  t1, -1, 1, 0
        add_to  a5, 0x7fffffff, -1, 0x7ffffffe
#if __riscv_xlen == 64
        add_to  a0, 0x7fffffff, 1, 0x80000000
        add_to  a0, 0xffffffff, 1, 0x100000000
        add_to  a0, 0x7fffffffffffffff, 1, 0x8000000000000000
#else
        add_to  a0, 0x7fffffff, 1, 0x80000000
        add_to  a0, 0xffffffff, 1, 0
#endif
        next_check
        li      a0, 5
        c.nop
        .half   0x0005                  # c.nop with a constant: a hint
        expect  a0, 5
        expect  x0, 0
finish
