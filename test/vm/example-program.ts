import { A0, A1, assemble, RA, RETURN, S0, S1, SP } from './assemble.ts';

/** The program that the examples carry as bytes (examples/program.ts). */
export const exampleProgram = (): Uint8Array =>
  assemble({
    kind: 'latest64',
    imports: ['get_third_number', 'get_extra'],
    exports: ['add_numbers', 'add_with_extra', 'sum', 'store'],
    stackSize: 4096,
    code: [
      'add_numbers',
      ['add_32', { a: S0, b: A0, c: A1 }],
      ['ecalli', { x: 0 }],
      ['add_32', { a: A0, b: A0, c: S0 }],
      RETURN,
      'add_with_extra',
      ['add_32', { a: S0, b: A0, c: A1 }],
      ['ecalli', { x: 1 }],
      ['add_32', { a: A0, b: A0, c: S0 }],
      RETURN,
      'sum',
      ['load_imm', { a: S1, x: 0 }],
      ['store_indirect_u64', { a: RA, b: SP, x: -8 }],
      ['jump', { to: 'next' }],
      'next',
      ['add_64', { a: S1, b: S1, c: A0 }],
      ['add_imm_64', { a: A0, b: A0, x: -1 }],
      ['branch_not_eq_imm', { a: A0, x: 0, to: 'next' }],
      'end',
      ['load_indirect_u64', { a: RA, b: SP, x: -8 }],
      ['move_reg', { a: A0, b: S1 }],
      RETURN,
      'store',
      ['store_indirect_u32', { a: A1, b: A0, x: 0 }],
      RETURN,
    ],
  });
