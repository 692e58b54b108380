# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
load lw, -8, 0xffffffffa2cffca9
load lw, -7, 0xfffffffff5a2cffc
load lw, -6, 0xffffffffc8f5a2cf
load lw, -5, 0xffffffff9bc8f5a2
load lw, -4, 0xffffffffee9bc8f5
load lw, -3, 0xffffffffc1ee9bc8
load lw, -2, 0xffffffff94c1ee9b
load lw, -1, 0xffffffffe794c1ee
load lw, 0, 0xffffffffbae794c1
load lw, 1, 0xffffffff8dbae794
load lw, 2, 0xffffffffe08dbae7
load lw, 3, 0xffffffffb3e08dba
load lw, 4, 0xffffffff86b3e08d
load lw, 5, 0xffffffffd986b3e0
load lw, 6, 0xffffffffacd986b3
load lw, 7, 0x7facd986
load lw, 8, 0xffffffffd27facd9
#else
load lw, -8, 0xa2cffca9
load lw, -7, 0xf5a2cffc
load lw, -6, 0xc8f5a2cf
load lw, -5, 0x9bc8f5a2
load lw, -4, 0xee9bc8f5
load lw, -3, 0xc1ee9bc8
load lw, -2, 0x94c1ee9b
load lw, -1, 0xe794c1ee
load lw, 0, 0xbae794c1
load lw, 1, 0x8dbae794
load lw, 2, 0xe08dbae7
load lw, 3, 0xb3e08dba
load lw, 4, 0x86b3e08d
load lw, 5, 0xd986b3e0
load lw, 6, 0xacd986b3
load lw, 7, 0x7facd986
load lw, 8, 0xd27facd9
#endif
finish

.data
.balign 16
.byte 17, 228, 183, 10, 221, 176, 3, 214, 169, 252, 207, 162, 245, 200, 155, 238
middle:
.byte 193, 148, 231, 186, 141, 224, 179, 134, 217, 172, 127, 210, 165, 120, 203, 158
