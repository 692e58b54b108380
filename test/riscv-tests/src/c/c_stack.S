# c.addi4spn and c.addi16sp.
#include "framework.h"

        .macro  address register, number
        next_check
        li      sp, 0x10000
        c.addi4spn \register, sp, \number
        expect  \register, 0x10000 + \number
        expect  sp, 0x10000
        .endm

        .macro  move number
        next_check
        li      sp, 0x10000
        c.addi16sp sp, \number
        expect  sp, 0x10000 + \number
        .endm

begin
        address a0, 4
        address s0, 8
        address s1, 16
        address a1, 32
        address a2, 64
        address a3, 128
        address a4, 256
        address a5, 512
        address a0, 1020
        move    16
        move    32
        move    64
        move    128
        move    256
        move    496
        move    -16
        move    -32
        move    -272
        move    -512
finish
