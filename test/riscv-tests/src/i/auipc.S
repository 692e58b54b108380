# auipc: relative to its own address, which a jal just before it reports.
#include "framework.h"

        .macro  relative number, distance
        next_check
        jal     a1, .Lhere\@
.Lhere\@:
        auipc   a0, \number
        li      a2, \distance
        add     a1, a1, a2
        expect_same a0, a1
        .endm

begin
        relative 0, 0
        relative 1, 0x1000
        relative 0x10, 0x10000
        relative 0x7ffff, 0x7ffff000
        relative 0xfffff, -0x1000
        relative 0x80000, -0x80000000
        next_check
        auipc   x0, 0x12345
        expect  x0, 0
        next_check              /* the pair that compilers use */
1:      auipc   a0, %pcrel_hi(word)
        lw      a0, %pcrel_lo(1b)(a0)
        expect  a0, 1234567
finish

        .data
word:   .word   1234567
