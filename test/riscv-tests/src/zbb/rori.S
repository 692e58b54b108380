# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
immediate rori, 0x1, 0, 0x1
immediate rori, 0xffffffffffffffff, 0, 0xffffffffffffffff
immediate rori, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero rori, 0, 0x0
immediate rori, 0x7fffffffffffffff, 1, 0xbfffffffffffffff
immediate rori, 0xdeadbeef, 1, 0x800000006f56df77
immediate rori, 0xdeadbeef, 1, 0x800000006f56df77
immediate rori, 0xdeadbeef, 4, 0xf00000000deadbee
immediate rori, 0x12345678, 4, 0x8000000001234567
immediate rori, 0xdeadbeef, 4, 0xf00000000deadbee
immediate rori, 0x80, 7, 0x1
immediate rori, 0xffffffff80000000, 7, 0x1ffffffff000000
immediate rori, 0xdeadbeef, 7, 0xde00000001bd5b7d
immediate_of_zero rori, 7, 0x0
immediate rori, 0x7fffffff, 15, 0xfffe00000000ffff
immediate rori, 0x8000000000000000, 15, 0x1000000000000
immediate rori, 0xdeadbeef, 15, 0x7dde00000001bd5b
immediate rori, 0x100000000, 16, 0x10000
immediate rori, 0x3f, 16, 0x3f000000000000
immediate rori, 0xdeadbeef, 16, 0xbeef00000000dead
immediate rori, 0x0, 34, 0x0
immediate rori, 0x7fffffff, 34, 0x1fffffffc0000000
immediate rori, 0xdeadbeef, 34, 0x37ab6fbbc0000000
immediate_of_zero rori, 34, 0x0
immediate rori, 0x8000000000000000, 62, 0x2
immediate rori, 0x123456789abcdef, 62, 0x48d159e26af37bc
immediate rori, 0xdeadbeef, 62, 0x37ab6fbbc
immediate rori, 0xaaaaaaaaaaaaaaaa, 63, 0x5555555555555555
immediate rori, 0x7fffffffffffffff, 63, 0xfffffffffffffffe
immediate rori, 0xdeadbeef, 63, 0x1bd5b7dde
#else
immediate rori, 0x1, 0, 0x1
immediate rori, 0xffffffff, 0, 0xffffffff
immediate rori, 0xdeadbeef, 0, 0xdeadbeef
immediate_of_zero rori, 0, 0x0
immediate rori, 0x7fffffff, 1, 0xbfffffff
immediate rori, 0xdeadbeef, 1, 0xef56df77
immediate rori, 0xdeadbeef, 1, 0xef56df77
immediate rori, 0xdeadbeef, 4, 0xfdeadbee
immediate rori, 0x12345678, 4, 0x81234567
immediate rori, 0xdeadbeef, 4, 0xfdeadbee
immediate rori, 0x80, 7, 0x1
immediate rori, 0x7fffffff, 7, 0xfeffffff
immediate rori, 0xdeadbeef, 7, 0xdfbd5b7d
immediate_of_zero rori, 7, 0x0
immediate rori, 0x0, 15, 0x0
immediate rori, 0x7f, 15, 0xfe0000
immediate rori, 0xdeadbeef, 15, 0x7ddfbd5b
immediate rori, 0x80000000, 16, 0x8000
immediate rori, 0x1, 16, 0x10000
immediate rori, 0xdeadbeef, 16, 0xbeefdead
immediate rori, 0xaaaaaaaa, 18, 0xaaaaaaaa
immediate rori, 0xaaaaaaaa, 18, 0xaaaaaaaa
immediate rori, 0xdeadbeef, 18, 0x6fbbf7ab
immediate_of_zero rori, 18, 0x0
immediate rori, 0x7f, 30, 0x1fc
immediate rori, 0x8000, 30, 0x20000
immediate rori, 0xdeadbeef, 30, 0x7ab6fbbf
immediate rori, 0x12345678, 31, 0x2468acf0
immediate rori, 0x80000000, 31, 0x1
immediate rori, 0xdeadbeef, 31, 0xbd5b7ddf
#endif
finish
