# fence in all its forms: nothing that one hart could notice.
#include "framework.h"

begin
        li      a0, 11
        la      a1, cell
        next_check
        sw      a0, 0(a1)
        fence
        lw      a2, 0(a1)
        expect  a2, 11
        next_check
        fence   rw, rw
        fence   r, w
        fence   iorw, iorw
        fence   w, o
        expect  a0, 11
        next_check
        .word   0x8330000f              # fence.tso
        .word   0x0000000f              # no predecessors, no successors
        .word   0x0ff5000f | 10 << 7    # reserved register fields are ignored
        expect  a0, 11
finish

        .data
cell:   .word   0
