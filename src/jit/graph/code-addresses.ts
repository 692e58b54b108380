import type { Program } from '../../decoder/program.ts';
import { ADDRESS_STEP } from './discover.ts';

/** The code addresses that dynamic jumps to each program counter may name, ascending. */
export const addressesByTarget = ({ code }: Program): ReadonlyMap<number, readonly number[]> => {
  const addresses = new Map<number, number[]>();
  const { first, end } = code.codeAddresses;
  for (let address = first; address < end; address += ADDRESS_STEP) {
    const pc = code.resolveCodeAddress(address);
    if (pc < 0) continue;
    const known = addresses.get(pc);
    if (known === undefined) addresses.set(pc, [address]);
    else known.push(address);
  }
  return addresses;
};
