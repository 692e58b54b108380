# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
load lwu, -8, 0xa2cffca9
load lwu, -7, 0xf5a2cffc
load lwu, -6, 0xc8f5a2cf
load lwu, -5, 0x9bc8f5a2
load lwu, -4, 0xee9bc8f5
load lwu, -3, 0xc1ee9bc8
load lwu, -2, 0x94c1ee9b
load lwu, -1, 0xe794c1ee
load lwu, 0, 0xbae794c1
load lwu, 1, 0x8dbae794
load lwu, 2, 0xe08dbae7
load lwu, 3, 0xb3e08dba
load lwu, 4, 0x86b3e08d
load lwu, 5, 0xd986b3e0
load lwu, 6, 0xacd986b3
load lwu, 7, 0x7facd986
load lwu, 8, 0xd27facd9
finish

.data
.balign 16
.byte 17, 228, 183, 10, 221, 176, 3, 214, 169, 252, 207, 162, 245, 200, 155, 238
middle:
.byte 193, 148, 231, 186, 141, 224, 179, 134, 217, 172, 127, 210, 165, 120, 203, 158
