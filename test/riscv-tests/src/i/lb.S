# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
load lb, -8, 0xffffffffffffffa9
load lb, -7, 0xfffffffffffffffc
load lb, -6, 0xffffffffffffffcf
load lb, -5, 0xffffffffffffffa2
load lb, -4, 0xfffffffffffffff5
load lb, -3, 0xffffffffffffffc8
load lb, -2, 0xffffffffffffff9b
load lb, -1, 0xffffffffffffffee
load lb, 0, 0xffffffffffffffc1
load lb, 1, 0xffffffffffffff94
load lb, 2, 0xffffffffffffffe7
load lb, 3, 0xffffffffffffffba
load lb, 4, 0xffffffffffffff8d
load lb, 5, 0xffffffffffffffe0
load lb, 6, 0xffffffffffffffb3
load lb, 7, 0xffffffffffffff86
load lb, 8, 0xffffffffffffffd9
#else
load lb, -8, 0xffffffa9
load lb, -7, 0xfffffffc
load lb, -6, 0xffffffcf
load lb, -5, 0xffffffa2
load lb, -4, 0xfffffff5
load lb, -3, 0xffffffc8
load lb, -2, 0xffffff9b
load lb, -1, 0xffffffee
load lb, 0, 0xffffffc1
load lb, 1, 0xffffff94
load lb, 2, 0xffffffe7
load lb, 3, 0xffffffba
load lb, 4, 0xffffff8d
load lb, 5, 0xffffffe0
load lb, 6, 0xffffffb3
load lb, 7, 0xffffff86
load lb, 8, 0xffffffd9
#endif
finish

.data
.balign 16
.byte 17, 228, 183, 10, 221, 176, 3, 214, 169, 252, 207, 162, 245, 200, 155, 238
middle:
.byte 193, 148, 231, 186, 141, 224, 179, 134, 217, 172, 127, 210, 165, 120, 203, 158
