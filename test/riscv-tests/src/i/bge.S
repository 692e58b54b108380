# Written by write-cases.ts; the results come from its formulas.
#include "framework.h"
begin
#if __riscv_xlen == 64
taken bge, 0x0, 0x8000000000000000
not_taken bge, 0x1, 0x3f
not_taken bge, 0xffffffffffffffff, 0x7fffffff
not_taken bge, 0x8000000000000000, 0x123456789abcdef
taken bge, 0x7fffffffffffffff, 0x7fffffffffffffff
taken bge, 0x5555555555555555, 0x7f
not_taken bge, 0xaaaaaaaaaaaaaaaa, 0x80000000
taken bge, 0xdeadbeef, 0x0
not_taken bge, 0x3f, 0x5555555555555555
not_taken bge, 0x7f, 0x80
not_taken bge, 0x80, 0xffffffff
taken bge, 0x8000, 0x1
taken bge, 0x12345678, 0xaaaaaaaaaaaaaaaa
taken bge, 0x7fffffff, 0x8000
not_taken bge, 0x80000000, 0x100000000
taken bge, 0xffffffff, 0xffffffffffffffff
taken bge, 0x100000000, 0xdeadbeef
not_taken bge, 0xffffffff80000000, 0x12345678
taken bge, 0x123456789abcdef, 0xffffffff80000000
not_taken bge, 0x8000000000000000, 0xffffffffffffffff
not_taken bge, 0x8000000000000000, 0x1
taken bge, 0x8000000000000000, 0x8000000000000000
taken bge, 0xffffffffffffffff, 0xffffffffffffffff
taken bge, 0x0, 0x0
not_taken bge, 0xffffffffffffffff, 0x0
not_taken bge, 0x59d5dc437e8d78, 0x15500ea9a34351a9
not_taken bge, 0x167892094da4f12, 0x178d39e84ed08da
taken bge, 0x6ef65faad4b62b, 0xc9b02bbdd5e53
taken bge, 0x1ecdc201b65afa4, 0x20d3cd4afc0c
taken bge, 0xf7d20522f6e145, 0xd120375e2d5
taken bge, 0x1e5954f87000400, 0xb4abb64279
taken bge, 0x0, 0x0
taken bge, 0x1, 0x1
taken bge, 0xffffffffffffffff, 0xffffffffffffffff
taken bge, 0x8000000000000000, 0x8000000000000000
taken bge, 0x7fffffffffffffff, 0x7fffffffffffffff
taken bge, 0x5555555555555555, 0x5555555555555555
taken bge, 0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaaa
taken bge, 0xdeadbeef, 0xdeadbeef
taken bge, 0x3f, 0x3f
taken bge, 0x7f, 0x7f
taken bge, 0x80, 0x80
taken bge, 0x8000, 0x8000
taken bge, 0x12345678, 0x12345678
taken bge, 0x7fffffff, 0x7fffffff
taken bge, 0x80000000, 0x80000000
taken bge, 0xffffffff, 0xffffffff
taken bge, 0x100000000, 0x100000000
taken bge, 0xffffffff80000000, 0xffffffff80000000
taken bge, 0x123456789abcdef, 0x123456789abcdef
taken_second_zero bge, 0x0
taken_first_zero bge, 0x0
taken_second_zero bge, 0x1
not_taken_first_zero bge, 0x1
not_taken_second_zero bge, 0xffffffffffffffff
taken_first_zero bge, 0xffffffffffffffff
not_taken_second_zero bge, 0x8000000000000000
taken_first_zero bge, 0x8000000000000000
taken_second_zero bge, 0x7fffffffffffffff
not_taken_first_zero bge, 0x7fffffffffffffff
taken_second_zero bge, 0x5555555555555555
not_taken_first_zero bge, 0x5555555555555555
not_taken_second_zero bge, 0xaaaaaaaaaaaaaaaa
taken_first_zero bge, 0xaaaaaaaaaaaaaaaa
#else
taken bge, 0x0, 0x80000000
not_taken bge, 0x1, 0x1f
not_taken bge, 0xffffffff, 0x0
not_taken bge, 0x80000000, 0x55555555
taken bge, 0x7fffffff, 0x80
taken bge, 0x55555555, 0xffffffff
not_taken bge, 0xaaaaaaaa, 0xdeadbeef
not_taken bge, 0xdeadbeef, 0x12345678
not_taken bge, 0x1f, 0x7fffffff
taken bge, 0x7f, 0x7f
taken bge, 0x80, 0x1
taken bge, 0x8000, 0xaaaaaaaa
taken bge, 0x12345678, 0x8000
not_taken bge, 0x80000000, 0xffffffff
not_taken bge, 0x80000000, 0x1
taken bge, 0x80000000, 0x80000000
taken bge, 0x7fffffff, 0x7fffffff
taken bge, 0xffffffff, 0xffffffff
taken bge, 0x0, 0x0
taken bge, 0x437e8d78, 0xa34351a9
taken bge, 0x94da4f12, 0x84ed08da
not_taken bge, 0xaad4b62b, 0xbbdd5e53
taken bge, 0x1b65afa4, 0xcd4afc0c
taken bge, 0x22f6e145, 0x375e2d5
not_taken bge, 0x87000400, 0xabb64279
taken bge, 0x0, 0x0
taken bge, 0x1, 0x1
taken bge, 0xffffffff, 0xffffffff
taken bge, 0x80000000, 0x80000000
taken bge, 0x7fffffff, 0x7fffffff
taken bge, 0x55555555, 0x55555555
taken bge, 0xaaaaaaaa, 0xaaaaaaaa
taken bge, 0xdeadbeef, 0xdeadbeef
taken bge, 0x1f, 0x1f
taken bge, 0x7f, 0x7f
taken bge, 0x80, 0x80
taken bge, 0x8000, 0x8000
taken bge, 0x12345678, 0x12345678
taken_second_zero bge, 0x0
taken_first_zero bge, 0x0
taken_second_zero bge, 0x1
not_taken_first_zero bge, 0x1
not_taken_second_zero bge, 0xffffffff
taken_first_zero bge, 0xffffffff
not_taken_second_zero bge, 0x80000000
taken_first_zero bge, 0x80000000
taken_second_zero bge, 0x7fffffff
not_taken_first_zero bge, 0x7fffffff
taken_second_zero bge, 0x55555555
not_taken_first_zero bge, 0x55555555
not_taken_second_zero bge, 0xaaaaaaaa
taken_first_zero bge, 0xaaaaaaaa
#endif
finish
