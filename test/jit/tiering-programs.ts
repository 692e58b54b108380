import { A0, A1, A2, assemble, type Line, RA, RETURN, S0, S1, SP, T0 } from '../vm/assemble.ts';

/** `work(n)`: n times a call of `inner`, a loop of 20 rounds over memory. `visit(n)` asks the host in each round. */
export const nested: Uint8Array = assemble({
  imports: ['ask'],
  exports: ['work', 'visit', 'leaf'],
  jumpTable: ['back', 'there'],
  rwDataSize: 20_000,
  stackSize: 8192,
  code: [
    'work',
    ['add_imm_64', { a: SP, b: SP, x: -16 }],
    ['store_indirect_u64', { a: RA, b: SP, x: 0 }],
    ['move_reg', { a: S0, b: A0 }],
    ['load_imm', { a: S1, x: 1 }],
    ['jump', { to: 'outer' }],
    'outer',
    ['load_imm_and_jump', { a: RA, x: 2, to: 'inner' }],
    'back',
    ['add_imm_64', { a: S0, b: S0, x: -1 }],
    ['branch_not_eq_imm', { a: S0, x: 0, to: 'outer' }],
    'done',
    ['move_reg', { a: A0, b: S1 }],
    ['load_indirect_u64', { a: RA, b: SP, x: 0 }],
    ['add_imm_64', { a: SP, b: SP, x: 16 }],
    RETURN,
    'inner',
    ['load_imm', { a: T0, x: 20 }],
    ['jump', { to: 'rounds' }],
    'rounds',
    ['mul_imm_64', { a: S1, b: S1, x: 0x5bd1e995 | 0 }],
    ['add_imm_64', { a: S1, b: S1, x: 12345 }],
    ['and_imm', { a: A1, b: S1, x: 0x1ff8 }],
    ['load_indirect_u64', { a: A2, b: A1, x: 0x20000 }],
    ['xor', { a: S1, b: S1, c: A2 }],
    ['store_indirect_u32', { a: S1, b: A1, x: 0x20004 }],
    ['add_imm_64', { a: T0, b: T0, x: -1 }],
    ['branch_not_eq_imm', { a: T0, x: 0, to: 'rounds' }],
    'inner-done',
    RETURN,
    'visit',
    ['add_imm_64', { a: SP, b: SP, x: -16 }],
    ['store_indirect_u64', { a: RA, b: SP, x: 0 }],
    ['move_reg', { a: S0, b: A0 }],
    ['load_imm', { a: S1, x: 1 }],
    ['jump', { to: 'visits' }],
    'visits',
    ['move_reg', { a: A0, b: S0 }],
    ['ecalli', { x: 0 }],
    ['add_64', { a: S1, b: S1, c: A0 }],
    ['load_imm_and_jump', { a: RA, x: 4, to: 'inner' }],
    'there',
    ['add_imm_64', { a: S0, b: S0, x: -1 }],
    ['branch_not_eq_imm', { a: S0, x: 0, to: 'visits' }],
    'visited',
    ['jump', { to: 'done' }],
    'leaf',
    ['load_imm', { a: S1, x: 7 }],
    ['load_imm', { a: T0, x: 0 }],
    ['jump', { to: 'leaves' }],
    'leaves',
    ['add_64', { a: S1, b: S1, c: T0 }],
    ['add_imm_64', { a: T0, b: T0, x: 1 }],
    ['branch_not_eq', { a: T0, b: A0, to: 'leaves' }],
    'leaf-done',
    ['move_reg', { a: A0, b: S1 }],
    ['ecalli', { x: 0 }],
    RETURN,
  ],
});

/** `spin()` never ends. */
export const endless: Uint8Array = assemble({
  exports: ['spin'],
  code: ['spin', ['add_imm_64', { a: A0, b: A0, x: 1 }], ['jump', { to: 'spin' }]],
});

const REGISTERS = Array.from({ length: 11 }, (_, i) => i + 2);

/**
 * `down(n)` calls itself n times, all registers being in use around each call, and returns the sum of what they hold.
 * Frames take 16 bytes of the stack.
 */
export const recursive = (depth: number): Uint8Array =>
  assemble({
    exports: ['down'],
    jumpTable: ['up'],
    stackSize: 16 * depth + 8192,
    code: [
      'down',
      ['branch_eq_imm', { a: A0, x: 0, to: 'bottom' }],
      'deeper',
      ['add_imm_64', { a: SP, b: SP, x: -16 }],
      ['store_indirect_u64', { a: RA, b: SP, x: 0 }],
      ['store_indirect_u64', { a: A0, b: SP, x: 8 }],
      ...REGISTERS.filter((r) => r !== A0).map((r): Line => ['add_imm_64', { a: r, b: r, x: r }]),
      ['add_imm_64', { a: A0, b: A0, x: -1 }],
      ['load_imm_and_jump', { a: RA, x: 2, to: 'down' }],
      'up',
      ...REGISTERS.filter((r) => r !== A0).map((r): Line => ['add_64', { a: A0, b: A0, c: r }]),
      ['load_indirect_u64', { a: A1, b: SP, x: 8 }],
      ['add_64', { a: A0, b: A0, c: A1 }],
      ['load_indirect_u64', { a: RA, b: SP, x: 0 }],
      ['add_imm_64', { a: SP, b: SP, x: 16 }],
      RETURN,
      'bottom',
      RETURN,
    ],
  });
