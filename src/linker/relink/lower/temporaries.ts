import { usesOf } from '../../../isa/term.ts';
import { FIRST_TEMPORARY, TEMPORARIES } from '../graph/registers.ts';
import { FIRST_VALUE, type Step } from './selection.ts';

/** Gives the intermediate values of an expansion temporaries, each until its last use. */
export const withTemporaries = (steps: readonly Step[]): readonly Step[] => {
  const lastUse = new Map<number, number>();
  for (const [index, step] of steps.entries()) {
    for (const value of [step.a, step.b, step.c]) if (value >= FIRST_VALUE) lastUse.set(value, index);
  }
  const free = Array.from({ length: TEMPORARIES }, (_, n) => FIRST_TEMPORARY + n);
  const given = new Map<number, number>();
  const temporary = (value: number): number => {
    if (value < FIRST_VALUE) return value;
    const known = given.get(value) ?? free.shift();
    // A slip in our own tables: a test goes through all of them.
    if (known === undefined) throw new Error(`an expansion needs more than ${TEMPORARIES} temporaries`);
    given.set(value, known);
    return known;
  };
  return steps.map((step, index) => {
    const b = temporary(step.b);
    const c = temporary(step.c);
    // A conditional move keeps its old value until it writes; else a source may give way to the result.
    const a = (usesOf(step.op) & 1) !== 0 ? temporary(step.a) : -1;
    for (const value of new Set([step.b, step.c])) {
      if (value !== step.a && lastUse.get(value) === index) free.unshift(given.get(value) as number);
    }
    return { ...step, a: a === -1 ? temporary(step.a) : a, b, c };
  });
};
