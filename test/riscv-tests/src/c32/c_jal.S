# c.jal, which only RV32 has.
#include "framework.h"

begin
        next_check
        c.jal   2f
1:      never
2:      la      a1, 1b
        expect_same ra, a1

        next_check
        c.j     2f
1:      c.j     3f
2:      c.jal   1b
4:      never
3:      la      a1, 4b
        expect_same ra, a1

        next_check
        li      a0, 0
        c.jal   1f
        c.addi  a0, 1
        c.j     2f
1:      c.addi  a0, 5
        c.jr    ra
2:      expect  a0, 6
finish
