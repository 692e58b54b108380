# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
load ld, -8, 0xee9bc8f5a2cffca9
load ld, -7, 0xc1ee9bc8f5a2cffc
load ld, -6, 0x94c1ee9bc8f5a2cf
load ld, -5, 0xe794c1ee9bc8f5a2
load ld, -4, 0xbae794c1ee9bc8f5
load ld, -3, 0x8dbae794c1ee9bc8
load ld, -2, 0xe08dbae794c1ee9b
load ld, -1, 0xb3e08dbae794c1ee
load ld, 0, 0x86b3e08dbae794c1
load ld, 1, 0xd986b3e08dbae794
load ld, 2, 0xacd986b3e08dbae7
load ld, 3, 0x7facd986b3e08dba
load ld, 4, 0xd27facd986b3e08d
load ld, 5, 0xa5d27facd986b3e0
load ld, 6, 0x78a5d27facd986b3
load ld, 7, 0xcb78a5d27facd986
load ld, 8, 0x9ecb78a5d27facd9
finish

.data
.balign 16
.byte 17, 228, 183, 10, 221, 176, 3, 214, 169, 252, 207, 162, 245, 200, 155, 238
middle:
.byte 193, 148, 231, 186, 141, 224, 179, 134, 217, 172, 127, 210, 165, 120, 203, 158
