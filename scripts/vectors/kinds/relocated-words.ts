/** What the relocation tests of PolkaVM's linker read at the addresses that `get_string` gives, by file name. */
export const RELOCATED_WORDS: readonly { readonly name: string; readonly words: readonly number[] }[] = [
  { name: 'reloc_add_sub', words: [0x01010101, 0x02020202, 0x03030303] },
  { name: 'reloc_hi_lo', words: [0xa1010101, 0xb2020202, 0xc3030303] },
];
