# c.j, c.jr, c.jalr, c.beqz, c.bnez: both directions, links, distances.
#include "framework.h"

begin
        next_check
        c.j     2f
1:      c.j     3f
        never
2:      c.j     1b
        never
3:
        next_check
        la      a0, 1f
        c.jr    a0
        never
1:
        next_check
        la      t1, 2f
        c.jalr  t1
1:      never
2:      la      a1, 1b
        expect_same ra, a1

        next_check                      /* the target is ra itself */
        la      ra, 2f
        c.jalr  ra
1:      never
2:      la      a1, 1b
        expect_same ra, a1

        next_check                      /* the lowest bit is cleared */
        la      a0, 1f
        addi    a0, a0, 1
        c.jr    a0
        never
1:
        next_check                      /* call and return */
        li      a0, 0
        la      a1, 3f
        c.jalr  a1
        c.addi  a0, 1
        c.j     4f
3:      c.addi  a0, 20
        c.jr    ra
4:      expect  a0, 21

        .irp    register, s0, s1, a0, a3, a5
        next_check
        li      \register, 0
        c.bnez  \register, 1f
        c.beqz  \register, 2f
1:      never
2:      li      \register, 1
        c.beqz  \register, 1b
        c.bnez  \register, 3f
        never
3:
        .endr
#if __riscv_xlen == 64
        next_check                      /* all 64 bits count */
        li      a0, 0x100000000
        c.beqz  a0, 1f
        c.bnez  a0, 2f
1:      never
2:
#endif
        next_check                      /* backward, a loop */
        li      a0, 10
        li      a1, 0
1:      c.addi  a1, 3
        c.addi  a0, -1
        c.bnez  a0, 1b
        expect  a1, 30

        next_check                      /* the longest distances: 254 on, 256 back */
        li      a0, 0
        c.j     1f
2:      c.j     3f
        .zero   254
1:      c.beqz  a0, 4f
        .zero   252
4:      la      a1, 1f
        c.addi  a1, 4
        c.j     5f
        .zero   100
5:      li      a0, 1
        c.j     7f
6:      c.j     3f
        .zero   254
7:      c.bnez  a0, 6b
        never
3:
        next_check                      /* and of c.j: 2046 on, 2048 back */
        c.j     1f
2:      c.j     3f
        .zero   2046 - 4
        never
1:      c.j     4f
        .zero   2044
4:      c.nop
        c.j     5f
6:      c.j     3f
        .zero   2046
5:      c.j     6b
        never
3:
finish
