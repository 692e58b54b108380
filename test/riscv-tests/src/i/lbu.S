# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
load lbu, -8, 0xa9
load lbu, -7, 0xfc
load lbu, -6, 0xcf
load lbu, -5, 0xa2
load lbu, -4, 0xf5
load lbu, -3, 0xc8
load lbu, -2, 0x9b
load lbu, -1, 0xee
load lbu, 0, 0xc1
load lbu, 1, 0x94
load lbu, 2, 0xe7
load lbu, 3, 0xba
load lbu, 4, 0x8d
load lbu, 5, 0xe0
load lbu, 6, 0xb3
load lbu, 7, 0x86
load lbu, 8, 0xd9
#else
load lbu, -8, 0xa9
load lbu, -7, 0xfc
load lbu, -6, 0xcf
load lbu, -5, 0xa2
load lbu, -4, 0xf5
load lbu, -3, 0xc8
load lbu, -2, 0x9b
load lbu, -1, 0xee
load lbu, 0, 0xc1
load lbu, 1, 0x94
load lbu, 2, 0xe7
load lbu, 3, 0xba
load lbu, 4, 0x8d
load lbu, 5, 0xe0
load lbu, 6, 0xb3
load lbu, 7, 0x86
load lbu, 8, 0xd9
#endif
finish

.data
.balign 16
.byte 17, 228, 183, 10, 221, 176, 3, 214, 169, 252, 207, 162, 245, 200, 155, 238
middle:
.byte 193, 148, 231, 186, 141, 224, 179, 134, 217, 172, 127, 210, 165, 120, 203, 158
