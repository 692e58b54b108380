# fence.i: code that was never written needs no synchronising.
#include "framework.h"

begin
        la      a1, cell
        next_check
        li      a0, 11
        sw      a0, 0(a1)
        fence.i
        lw      a2, 0(a1)
        expect  a2, 11
        expect  a0, 11
        next_check                      /* reserved fields are ignored */
        .word   0x0000100f | 5 << 7 | 6 << 15 | 7 << 20
        expect  a0, 11
finish

        .data
cell:   .word   0
