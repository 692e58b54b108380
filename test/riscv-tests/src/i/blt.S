# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
not_taken blt, 0x0, 0x8000000000000000
taken blt, 0x1, 0x3f
taken blt, 0xffffffffffffffff, 0x7fffffff
taken blt, 0x8000000000000000, 0x123456789abcdef
not_taken blt, 0x7fffffffffffffff, 0x7fffffffffffffff
not_taken blt, 0x5555555555555555, 0x7f
taken blt, 0xaaaaaaaaaaaaaaaa, 0x80000000
not_taken blt, 0xdeadbeef, 0x0
taken blt, 0x3f, 0x5555555555555555
taken blt, 0x7f, 0x80
taken blt, 0x80, 0xffffffff
not_taken blt, 0x8000, 0x1
not_taken blt, 0x12345678, 0xaaaaaaaaaaaaaaaa
not_taken blt, 0x7fffffff, 0x8000
taken blt, 0x80000000, 0x100000000
not_taken blt, 0xffffffff, 0xffffffffffffffff
not_taken blt, 0x100000000, 0xdeadbeef
taken blt, 0xffffffff80000000, 0x12345678
not_taken blt, 0x123456789abcdef, 0xffffffff80000000
taken blt, 0x8000000000000000, 0xffffffffffffffff
taken blt, 0x8000000000000000, 0x1
not_taken blt, 0x8000000000000000, 0x8000000000000000
not_taken blt, 0xffffffffffffffff, 0xffffffffffffffff
not_taken blt, 0x0, 0x0
taken blt, 0xffffffffffffffff, 0x0
taken blt, 0x59d5dc437e8d78, 0x15500ea9a34351a9
taken blt, 0x167892094da4f12, 0x178d39e84ed08da
not_taken blt, 0x6ef65faad4b62b, 0xc9b02bbdd5e53
not_taken blt, 0x1ecdc201b65afa4, 0x20d3cd4afc0c
not_taken blt, 0xf7d20522f6e145, 0xd120375e2d5
not_taken blt, 0x1e5954f87000400, 0xb4abb64279
not_taken blt, 0x0, 0x0
not_taken blt, 0x1, 0x1
not_taken blt, 0xffffffffffffffff, 0xffffffffffffffff
not_taken blt, 0x8000000000000000, 0x8000000000000000
not_taken blt, 0x7fffffffffffffff, 0x7fffffffffffffff
not_taken blt, 0x5555555555555555, 0x5555555555555555
not_taken blt, 0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaaa
not_taken blt, 0xdeadbeef, 0xdeadbeef
not_taken blt, 0x3f, 0x3f
not_taken blt, 0x7f, 0x7f
not_taken blt, 0x80, 0x80
not_taken blt, 0x8000, 0x8000
not_taken blt, 0x12345678, 0x12345678
not_taken blt, 0x7fffffff, 0x7fffffff
not_taken blt, 0x80000000, 0x80000000
not_taken blt, 0xffffffff, 0xffffffff
not_taken blt, 0x100000000, 0x100000000
not_taken blt, 0xffffffff80000000, 0xffffffff80000000
not_taken blt, 0x123456789abcdef, 0x123456789abcdef
not_taken_second_zero blt, 0x0
not_taken_first_zero blt, 0x0
not_taken_second_zero blt, 0x1
taken_first_zero blt, 0x1
taken_second_zero blt, 0xffffffffffffffff
not_taken_first_zero blt, 0xffffffffffffffff
taken_second_zero blt, 0x8000000000000000
not_taken_first_zero blt, 0x8000000000000000
not_taken_second_zero blt, 0x7fffffffffffffff
taken_first_zero blt, 0x7fffffffffffffff
not_taken_second_zero blt, 0x5555555555555555
taken_first_zero blt, 0x5555555555555555
taken_second_zero blt, 0xaaaaaaaaaaaaaaaa
not_taken_first_zero blt, 0xaaaaaaaaaaaaaaaa
#else
not_taken blt, 0x0, 0x80000000
taken blt, 0x1, 0x1f
taken blt, 0xffffffff, 0x0
taken blt, 0x80000000, 0x55555555
not_taken blt, 0x7fffffff, 0x80
not_taken blt, 0x55555555, 0xffffffff
taken blt, 0xaaaaaaaa, 0xdeadbeef
taken blt, 0xdeadbeef, 0x12345678
taken blt, 0x1f, 0x7fffffff
not_taken blt, 0x7f, 0x7f
not_taken blt, 0x80, 0x1
not_taken blt, 0x8000, 0xaaaaaaaa
not_taken blt, 0x12345678, 0x8000
taken blt, 0x80000000, 0xffffffff
taken blt, 0x80000000, 0x1
not_taken blt, 0x80000000, 0x80000000
not_taken blt, 0x7fffffff, 0x7fffffff
not_taken blt, 0xffffffff, 0xffffffff
not_taken blt, 0x0, 0x0
not_taken blt, 0x437e8d78, 0xa34351a9
not_taken blt, 0x94da4f12, 0x84ed08da
taken blt, 0xaad4b62b, 0xbbdd5e53
not_taken blt, 0x1b65afa4, 0xcd4afc0c
not_taken blt, 0x22f6e145, 0x375e2d5
taken blt, 0x87000400, 0xabb64279
not_taken blt, 0x0, 0x0
not_taken blt, 0x1, 0x1
not_taken blt, 0xffffffff, 0xffffffff
not_taken blt, 0x80000000, 0x80000000
not_taken blt, 0x7fffffff, 0x7fffffff
not_taken blt, 0x55555555, 0x55555555
not_taken blt, 0xaaaaaaaa, 0xaaaaaaaa
not_taken blt, 0xdeadbeef, 0xdeadbeef
not_taken blt, 0x1f, 0x1f
not_taken blt, 0x7f, 0x7f
not_taken blt, 0x80, 0x80
not_taken blt, 0x8000, 0x8000
not_taken blt, 0x12345678, 0x12345678
not_taken_second_zero blt, 0x0
not_taken_first_zero blt, 0x0
not_taken_second_zero blt, 0x1
taken_first_zero blt, 0x1
taken_second_zero blt, 0xffffffff
not_taken_first_zero blt, 0xffffffff
taken_second_zero blt, 0x80000000
not_taken_first_zero blt, 0x80000000
not_taken_second_zero blt, 0x7fffffff
taken_first_zero blt, 0x7fffffff
not_taken_second_zero blt, 0x55555555
taken_first_zero blt, 0x55555555
taken_second_zero blt, 0xaaaaaaaa
not_taken_first_zero blt, 0xaaaaaaaa
#endif
finish
