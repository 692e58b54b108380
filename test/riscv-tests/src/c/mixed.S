# 16- and 32-bit instructions in turn: 32-bit ones at every even address.
#include "framework.h"

begin
        next_check
        li      a0, 0
        .option push
        .option norvc
        .half   0x0505                  # c.addi a0, 1
        addi    a0, a0, 10
        addi    a0, a0, 10
        .half   0x0505
        addi    a0, a0, 10
        .half   0x0505
        .half   0x0505
        addi    a0, a0, 10
        .option pop
        expect  a0, 44

        next_check                      /* a jump to a 32-bit instruction at an odd halfword */
        li      a0, 0
        la      a1, 1f
        c.jr    a1
        .balign 4
        c.nop
        .option push
        .option norvc
1:      addi    a0, a0, 5
        .option pop
        expect  a0, 5

        next_check                      /* links after 16- and 32-bit calls */
        .option push
        .option norvc
        jal     ra, 2f
        .option pop
1:      never
2:      la      a1, 1b
        expect_same ra, a1
        la      a0, 4f
        c.jalr  a0
3:      never
4:      la      a1, 3b
        expect_same ra, a1

        next_check                      /* a branch over both sizes */
        li      a0, 3
        li      a1, 0
1:      c.addi  a1, 1
        .option push
        .option norvc
        addi    a1, a1, 1
        .option pop
        c.addi  a0, -1
        bnez    a0, 1b
        expect  a1, 6
finish
