# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
load lhu, -8, 0xfca9
load lhu, -7, 0xcffc
load lhu, -6, 0xa2cf
load lhu, -5, 0xf5a2
load lhu, -4, 0xc8f5
load lhu, -3, 0x9bc8
load lhu, -2, 0xee9b
load lhu, -1, 0xc1ee
load lhu, 0, 0x94c1
load lhu, 1, 0xe794
load lhu, 2, 0xbae7
load lhu, 3, 0x8dba
load lhu, 4, 0xe08d
load lhu, 5, 0xb3e0
load lhu, 6, 0x86b3
load lhu, 7, 0xd986
load lhu, 8, 0xacd9
#else
load lhu, -8, 0xfca9
load lhu, -7, 0xcffc
load lhu, -6, 0xa2cf
load lhu, -5, 0xf5a2
load lhu, -4, 0xc8f5
load lhu, -3, 0x9bc8
load lhu, -2, 0xee9b
load lhu, -1, 0xc1ee
load lhu, 0, 0x94c1
load lhu, 1, 0xe794
load lhu, 2, 0xbae7
load lhu, 3, 0x8dba
load lhu, 4, 0xe08d
load lhu, 5, 0xb3e0
load lhu, 6, 0x86b3
load lhu, 7, 0xd986
load lhu, 8, 0xacd9
#endif
finish

.data
.balign 16
.byte 17, 228, 183, 10, 221, 176, 3, 214, 169, 252, 207, 162, 245, 200, 155, 238
middle:
.byte 193, 148, 231, 186, 141, 224, 179, 134, 217, 172, 127, 210, 165, 120, 203, 158
