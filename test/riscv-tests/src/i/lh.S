# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
load lh, -8, 0xfffffffffffffca9
load lh, -7, 0xffffffffffffcffc
load lh, -6, 0xffffffffffffa2cf
load lh, -5, 0xfffffffffffff5a2
load lh, -4, 0xffffffffffffc8f5
load lh, -3, 0xffffffffffff9bc8
load lh, -2, 0xffffffffffffee9b
load lh, -1, 0xffffffffffffc1ee
load lh, 0, 0xffffffffffff94c1
load lh, 1, 0xffffffffffffe794
load lh, 2, 0xffffffffffffbae7
load lh, 3, 0xffffffffffff8dba
load lh, 4, 0xffffffffffffe08d
load lh, 5, 0xffffffffffffb3e0
load lh, 6, 0xffffffffffff86b3
load lh, 7, 0xffffffffffffd986
load lh, 8, 0xffffffffffffacd9
#else
load lh, -8, 0xfffffca9
load lh, -7, 0xffffcffc
load lh, -6, 0xffffa2cf
load lh, -5, 0xfffff5a2
load lh, -4, 0xffffc8f5
load lh, -3, 0xffff9bc8
load lh, -2, 0xffffee9b
load lh, -1, 0xffffc1ee
load lh, 0, 0xffff94c1
load lh, 1, 0xffffe794
load lh, 2, 0xffffbae7
load lh, 3, 0xffff8dba
load lh, 4, 0xffffe08d
load lh, 5, 0xffffb3e0
load lh, 6, 0xffff86b3
load lh, 7, 0xffffd986
load lh, 8, 0xffffacd9
#endif
finish

.data
.balign 16
.byte 17, 228, 183, 10, 221, 176, 3, 214, 169, 252, 207, 162, 245, 200, 155, 238
middle:
.byte 193, 148, 231, 186, 141, 224, 179, 134, 217, 172, 127, 210, 165, 120, 203, 158
