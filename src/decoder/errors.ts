import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'program/invalid-code': (d: { kind: string; offset: number }): string =>
    `validation failed at offset ${d.offset}: ${d.kind} code has an unknown instruction or runs off its end; rebuild the program or choose another kind`,
  'program/no-image': (d: { kind: string }): string =>
    `a ${d.kind} program needs the RISC-V image sections; link it from its ELF file again`,
};

export const fail: Fail<typeof table> = defineErrors(table);
