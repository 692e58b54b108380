import type { RiscboxError } from '../../../core/error.ts';
import type { Problems } from '../../../core/problems.ts';
import { similarName } from '../../../core/similar-name.ts';
import { rangeAt } from '../../address-ranges.ts';
import { fail } from './errors.ts';
import type { ExportRecord, NamedCode } from './link-input.ts';
import type { LinkSections } from './sections.ts';

/** Registers of a function of which only the name is known: as many as the calling convention has. */
const ALL_INPUTS = 9;
const ALL_OUTPUTS = 2;

const NO_CODE = 'its address is not that of an instruction';
const NO_NAME = 'no function or label of the file has that name';

const unknown = (name: string, names: readonly NamedCode[]): RiscboxError => {
  const similar = similarName(
    name,
    names.map((named) => named.name),
  );
  return fail('link/no-export', { name, problem: NO_NAME, ...(similar === undefined ? {} : { similar }) });
};

/** Exports of functions by symbol name. Of several with one name it is the first by address. */
export const requestedExports = (
  requested: ReadonlySet<string>,
  names: readonly NamedCode[],
  sections: LinkSections,
  problems: Problems,
): readonly ExportRecord[] => {
  const found = new Map<string, NamedCode>();
  for (const named of names) {
    if (requested.has(named.name) && !found.has(named.name)) found.set(named.name, named);
  }
  const byAddress = [...sections.code].sort((a, b) => a.address - b.address);
  return [...requested].flatMap((name) => {
    const address = found.get(name)?.address ?? -1;
    const section = rangeAt(byAddress, address);
    const offset = address - (section?.address ?? 0);
    if (section === undefined || offset >= section.bytes.length || offset % 2 !== 0) {
      problems.add(
        found.has(name) ? fail('link/no-export', { name, problem: NO_CODE }) : unknown(name, names),
      );
      return [];
    }
    const symbol = new TextEncoder().encode(name);
    return [{ symbol, place: { section, offset }, inputs: ALL_INPUTS, outputs: ALL_OUTPUTS }];
  });
};
