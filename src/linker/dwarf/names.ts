import { splitSymbolName } from './demangle.ts';
import type { Scope, Subprogram } from './functions.ts';
import { type DebugStrings, NO_STRING } from './strings.ts';

/** What frames say about a function: its name, and where it is declared. */
export interface FunctionName {
  readonly namespace: string;
  readonly function: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export const UNNAMED: FunctionName = { namespace: '', function: '', path: '', line: 0, column: 0 };

/** From an inlined call over the abstract instance and the definition to the declaration, and some to spare. */
const LONGEST_CHAIN = 8;

/** Scopes around a function that its namespace names, and how long it may get: broken files nest any number. */
const MOST_SCOPES = 64;
const LONGEST_NAMESPACE = 4096;

/** Names of functions by where they stand in .debug_info, each found once. */
export class FunctionNames {
  readonly #subprograms: ReadonlyMap<number, Subprogram>;
  readonly #strings: DebugStrings;
  readonly #known = new Map<number, FunctionName>();

  constructor(subprograms: ReadonlyMap<number, Subprogram>, strings: DebugStrings) {
    this.#subprograms = subprograms;
    this.#strings = strings;
  }

  at(position: number): FunctionName {
    const known = this.#known.get(position);
    if (known !== undefined) return known;
    const name = this.#find(this.#chain(position));
    this.#known.set(position, name);
    return name;
  }

  /** The entries that tell about one function, from the most special one to its declaration. */
  #chain(position: number): readonly Subprogram[] {
    const chain: Subprogram[] = [];
    let next: number | undefined = position;
    while (next !== undefined && chain.length < LONGEST_CHAIN) {
      const subprogram: Subprogram | undefined = this.#subprograms.get(next);
      if (subprogram === undefined) break;
      chain.push(subprogram);
      next = subprogram.origin;
    }
    return chain;
  }

  /** Each part from the first entry that has it; the scope from the last one, which stands where the function was declared. */
  #find(chain: readonly Subprogram[]): FunctionName {
    const file = chain.find((subprogram) => subprogram.file !== undefined);
    const place = {
      path: file?.unit.files?.path(file.file!) ?? '',
      line: chain.find(({ line }) => line !== 0)?.line ?? 0,
      column: chain.find(({ column }) => column !== 0)?.column ?? 0,
    };
    const name = this.#strings.text(chain.find((s) => s.name !== NO_STRING)?.name ?? NO_STRING);
    if (name !== '') return { namespace: this.#namespace(chain.at(-1)?.scope), function: name, ...place };
    const linkageName = chain.find((s) => s.linkageName !== NO_STRING)?.linkageName ?? NO_STRING;
    return { ...splitSymbolName(this.#strings.text(linkageName)), ...place };
  }

  /** `outer::inner`; types without a name are left out. */
  #namespace(innermost: Scope | undefined): string {
    let text = '';
    let scope = innermost;
    for (let scopes = 0; scope !== undefined && scopes < MOST_SCOPES; scopes++) {
      const name = this.#strings.text(scope.name) || (scope.isNamespace ? '(anonymous namespace)' : '');
      if (text.length + name.length > LONGEST_NAMESPACE) break;
      if (name !== '') text = text === '' ? name : `${name}::${text}`;
      scope = scope.parent;
    }
    return text;
  }
}
