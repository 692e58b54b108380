# cycle, time and instret: readable by user programs, never going backwards.
#include "framework.h"

        .macro  never_back register
        next_check
        csrr    a0, \register
        csrr    a1, \register
        bleu    a0, a1, .Lforward\@
        never
.Lforward\@:
        csrrs   a2, \register, x0
        bleu    a1, a2, .Lagain\@
        never
.Lagain\@:
        .endm

begin
        never_back cycle
        never_back time
        never_back instret
        next_check
        rdinstret a0
        .rept   200
        addi    a2, a2, 1
        .endr
        rdinstret a1
        bltu    a0, a1, 1f
        never
1:
        next_check                      /* the other ways to read without writing */
        csrrs   a0, instret, x0
        csrrc   a1, instret, x0
        csrrsi  a2, instret, 0
        csrrci  a3, instret, 0
        bgtu    a0, a1, 1f
        bgtu    a1, a2, 1f
        bleu    a2, a3, 2f
1:      never
2:
#if __riscv_xlen == 32
        next_check                      /* the usual loop over both halves */
1:      rdcycleh a0
        rdcycle a1
        rdcycleh a2
        bne     a0, a2, 1b
        next_check
1:      rdinstreth a0
        rdinstret a1
        rdinstreth a2
        bne     a0, a2, 1b
        next_check
1:      rdtimeh a0
        rdtime  a1
        rdtimeh a2
        bne     a0, a2, 1b
#endif
finish
