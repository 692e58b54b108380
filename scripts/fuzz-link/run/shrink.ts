import type { FuzzFunction, FuzzProgram, Statement } from '../program/program.ts';

/** Milliseconds that making a program small may take. */
const PATIENCE = 20_000;

/**
 * Makes a program smaller as long as it fails.
 * @param fails true for a program that shows the same fault
 */
export const shrink = (program: FuzzProgram, fails: (smaller: FuzzProgram) => boolean): FuzzProgram => {
  const ends = performance.now() + PATIENCE;
  let best = program;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smallerPrograms(best)) {
      if (performance.now() > ends) return best;
      if (!fails(candidate)) continue;
      best = candidate;
      isSmaller = true;
      break;
    }
  }
  return best;
};

function* smallerPrograms(program: FuzzProgram): Generator<FuzzProgram> {
  if (program.exports > 1) yield { ...program, exports: 1 };
  for (const [i, each] of program.functions.entries()) {
    const withFunction = (changed: FuzzFunction): FuzzProgram => ({
      ...program,
      functions: program.functions.map((old, k) => (k === i ? changed : old)),
    });
    if (i > 0 && i === program.functions.length - 1 && program.exports <= i) {
      yield { ...program, functions: program.functions.slice(0, i) };
    }
    for (const body of smallerLists(each.body)) yield withFunction({ ...each, body });
    if (each.tail !== undefined) yield withFunction({ ...each, tail: undefined });
    if (each.hasFramePointer) yield withFunction({ ...each, hasFramePointer: false });
    if (each.parameters > 0) yield withFunction({ ...each, parameters: 0 });
    if (each.results > 1) yield withFunction({ ...each, results: 1 });
  }
  if (program.isCompressed) yield { ...program, isCompressed: false };
  if (program.isObject) yield { ...program, isObject: false };
  if (program.isSplit) yield { ...program, isSplit: false };
  if (!program.keepsLocal) yield { ...program, keepsLocal: true };
  for (const [i, section] of program.sections.entries()) {
    if (section.fields.length === 0 && section.bytes.length === 0) continue;
    const plain = { ...section, fields: [], bytes: new Uint8Array() };
    yield { ...program, sections: program.sections.map((old, k) => (k === i ? plain : old)) };
  }
}

/** Shorter lists first: half of it, then single statements, then simpler ones. */
function* smallerLists(list: readonly Statement[]): Generator<readonly Statement[]> {
  if (list.length === 0) return;
  if (list.length > 3) {
    const middle = list.length >> 1;
    yield list.slice(0, middle);
    yield list.slice(middle);
  }
  for (let i = 0; i < list.length; i++) yield list.toSpliced(i, 1);
  for (const [i, statement] of list.entries()) {
    for (const simpler of simplerStatements(statement)) yield list.toSpliced(i, 1, ...simpler);
  }
}

/** What may stand for a statement. */
function* simplerStatements(statement: Statement): Generator<readonly Statement[]> {
  switch (statement.kind) {
    case 'if':
      yield statement.taken;
      yield statement.otherwise;
      for (const taken of smallerLists(statement.taken)) yield [{ ...statement, taken }];
      for (const otherwise of smallerLists(statement.otherwise)) yield [{ ...statement, otherwise }];
      return;
    case 'loop':
    case 'walk':
      yield statement.body;
      if (statement.count > 1) yield [{ ...statement, count: 1 }];
      for (const body of smallerLists(statement.body)) yield [{ ...statement, body }];
      return;
    case 'switch':
      for (const each of statement.cases) yield each;
      for (const [i, each] of statement.cases.entries()) {
        for (const smaller of smallerLists(each))
          yield [{ ...statement, cases: statement.cases.with(i, smaller) }];
      }
      return;
    case 'load':
    case 'store':
      if (statement.access.index !== undefined)
        yield [{ ...statement, access: { ...statement.access, index: undefined } }];
      if (statement.access.isSplit) yield [{ ...statement, access: { ...statement.access, isSplit: false } }];
      return;
    case 'constant':
      if (statement.value !== 0n && statement.value !== 1n) {
        yield [{ ...statement, value: 1n }];
        yield [{ ...statement, value: statement.value / 2n }];
      }
  }
}
