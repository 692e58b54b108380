# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
immediate slli.uw, 0x1, 0, 0x1
immediate slli.uw, 0xffffffffffffffff, 0, 0xffffffff
immediate slli.uw, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero slli.uw, 0, 0x0
immediate slli.uw, 0x7fffffffffffffff, 1, 0x1fffffffe
immediate slli.uw, 0xdeadbeef, 1, 0x1bd5b7dde
immediate slli.uw, 0xdeadbeef, 1, 0x1bd5b7dde
immediate slli.uw, 0xdeadbeef, 4, 0xdeadbeef0
immediate slli.uw, 0x12345678, 4, 0x123456780
immediate slli.uw, 0xdeadbeef, 4, 0xdeadbeef0
immediate slli.uw, 0x80, 7, 0x4000
immediate slli.uw, 0xffffffff80000000, 7, 0x4000000000
immediate slli.uw, 0xdeadbeef, 7, 0x6f56df7780
immediate_of_zero slli.uw, 7, 0x0
immediate slli.uw, 0x7fffffff, 15, 0x3fffffff8000
immediate slli.uw, 0x8000000000000000, 15, 0x0
immediate slli.uw, 0xdeadbeef, 15, 0x6f56df778000
immediate slli.uw, 0x100000000, 16, 0x0
immediate slli.uw, 0x3f, 16, 0x3f0000
immediate slli.uw, 0xdeadbeef, 16, 0xdeadbeef0000
immediate slli.uw, 0x0, 34, 0x0
immediate slli.uw, 0x7fffffff, 34, 0xfffffffc00000000
immediate slli.uw, 0xdeadbeef, 34, 0x7ab6fbbc00000000
immediate_of_zero slli.uw, 34, 0x0
immediate slli.uw, 0x8000000000000000, 62, 0x0
immediate slli.uw, 0x123456789abcdef, 62, 0xc000000000000000
immediate slli.uw, 0xdeadbeef, 62, 0xc000000000000000
immediate slli.uw, 0xaaaaaaaaaaaaaaaa, 63, 0x0
immediate slli.uw, 0x7fffffffffffffff, 63, 0x8000000000000000
immediate slli.uw, 0xdeadbeef, 63, 0x8000000000000000
finish
