/*
 * The guest of the examples, a PolkaVM blob of 64-bit registers. In its assembler:
 *
 *   add_numbers:    i32 s0 = a0 + a1;  ecalli 0 // get_third_number
 *                   i32 a0 = a0 + s0;  ret
 *   add_with_extra: the same with ecalli 1 // get_extra
 *   sum:            s1 = 0;  u64 [sp - 8] = ra;  jump next
 *   next:           s1 = s1 + a0;  a0 = a0 - 1;  jump next if a0 != 0
 *                   ra = u64 [sp - 8];  a0 = s1;  ret
 *   store:          u32 [a0] = a1;  ret
 */
const HEX: string = [
  '50564d00029d0000000000000001040000900004220200000000100000006765745f74686972645f6e756d6265726765',
  '745f6578747261052a04000b6164645f6e756d62657273090e6164645f776974685f6578747261130373756d2a057374',
  '6f7265063700002ebe87050abe57073200be87050a01be5707320033067b10f82802c876069577ff5207fa8210f86467',
  '32007a78320099522a25491500',
].join('');

export const program: Uint8Array = Uint8Array.from(HEX.match(/../g) ?? [], (byte) =>
  Number.parseInt(byte, 16),
);
