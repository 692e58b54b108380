import { MAX_IMPORTS } from '../../../blob/limits.ts';
import { compareBytes, equalBytes, toHex } from '../../../core/bytes.ts';
import type { Problems } from '../../../core/problems.ts';
import { Import } from '../graph/import.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import { fail } from './errors.ts';

const decoder = new TextDecoder();
const nameOf = ({ symbol }: Import): string => decoder.decode(symbol);

const isSame = (a: Import, b: Import): boolean =>
  equalBytes(a.symbol, b.symbol) &&
  a.index === b.index &&
  a.convention === b.convention &&
  a.inputs === b.inputs &&
  a.outputs === b.outputs;

/** What a declaration says, besides its symbol. */
const declarationOf = ({ convention, inputs, outputs, index }: Import): string =>
  convention === 'ecall'
    ? 'an environment call'
    : `${inputs} inputs, ${outputs} outputs${index === undefined ? '' : `, index ${index}`}`;

/** Imports by symbol: several records may declare one function, if they say the same. */
const bySymbol = (imports: Iterable<Import>, problems: Problems): readonly (readonly Import[])[] => {
  const groups = new Map<string, Import[]>();
  for (const one of imports) {
    const key = toHex(one.symbol);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else if (isSame(group[0] as Import, one)) group.push(one);
    else {
      const [first, second] = [declarationOf(group[0] as Import), declarationOf(one)];
      problems.add(fail('link/import-twice', { symbol: nameOf(one), first, second }));
    }
  }
  return [...groups.values()].sort(([a], [b]) => compareBytes((a as Import).symbol, (b as Import).symbol));
};

const checkCount = (count: number): void => {
  if (count > MAX_IMPORTS) throw fail('link/too-many-imports', { count, limit: MAX_IMPORTS });
};

/** Numbers as the imports ask for them; what nobody asks for is left empty. */
const numberByIndex = (groups: readonly (readonly Import[])[], problems: Problems): Uint8Array[] => {
  const owners = new Map<number, Import>();
  for (const [one] of groups as readonly (readonly [Import])[]) {
    const { index } = one;
    const other = index === undefined ? undefined : owners.get(index);
    if (index === undefined) problems.add(fail('link/import-without-index', { symbol: nameOf(one) }));
    else if (other !== undefined) {
      problems.add(fail('link/import-index', { symbol: nameOf(one), other: nameOf(other), index }));
    } else owners.set(index, one);
  }
  const count = [...owners.keys()].reduce((most, index) => Math.max(most, index + 1), 0);
  checkCount(count);
  return Array.from({ length: count }, (_, index) => owners.get(index)?.symbol ?? new Uint8Array(0));
};

/** The imports that instructions call. */
const calledBy = (instructions: readonly GraphInstruction[]): ReadonlySet<Import> => {
  const called = new Set<Import>();
  for (const { xLink } of instructions) if (xLink?.to instanceof Import) called.add(xLink.to);
  return called;
};

/**
 * Numbers the imports that written code calls, and returns all symbols by number: in the order of the symbols' bytes,
 * or as the imports ask for it, if any does.
 *
 * @throws RiscboxError `link/too-many-imports`
 */
export const numberImports = (
  instructions: readonly GraphInstruction[],
  problems: Problems,
): readonly Uint8Array[] => {
  const groups = bySymbol(calledBy(instructions), problems);
  if (groups.some(([one]) => one?.index !== undefined)) {
    const symbols = numberByIndex(groups, problems);
    for (const group of groups) for (const one of group) one.number = one.index ?? -1;
    return symbols;
  }
  checkCount(groups.length);
  for (const [number, group] of groups.entries()) for (const one of group) one.number = number;
  return groups.map(([one]) => (one as Import).symbol);
};
