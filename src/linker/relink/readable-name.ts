import { splitSymbolName } from '../dwarf/demangle.ts';

/** A symbol as its source has it, as far as manglings of C++ and Rust tell: `core::fmt::write`. */
export const readableName = (symbol: string): string => {
  const { namespace, function: name } = splitSymbolName(symbol);
  return namespace === '' ? name : `${namespace}::${name}`;
};
