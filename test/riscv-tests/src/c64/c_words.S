# c.addiw, c.addw, c.subw, which only RV64 has.
#include "framework.h"

        .macro  constant start, number, result
        next_check
        li      a0, \start
        c.addiw a0, \number
        expect  a0, \result
        .endm

        .macro  two op, first, second, result
        next_check
        li      a0, \first
        li      a1, \second
        \op     a0, a1
        expect  a0, \result
        .endm

begin
        constant 0, 1, 1
        constant 0x7fffffff, 1, 0xffffffff80000000
        constant 0xffffffff, 1, 0
        constant 0x1234567880000000, 0, 0xffffffff80000000
        constant 0x1234567870000000, 0, 0x70000000
        constant 0, -32, -32
        constant 0x100000000, 31, 31
        two     c.addw, 1, 2, 3
        two     c.addw, 0x7fffffff, 1, 0xffffffff80000000
        two     c.addw, 0xffffffff, 1, 0
        two     c.addw, 0x1234567800000000, 0xabcdef0000000005, 5
        two     c.subw, 1, 2, -1
        two     c.subw, 0x80000000, 1, 0x7fffffff
        two     c.subw, 0, 0x80000000, 0xffffffff80000000
        two     c.subw, 0x1234567800000009, 0xabcdef0000000005, 4
        next_check
        li      ra, 0x1ffffffff
        c.addiw ra, 2
        expect  ra, 1
finish
