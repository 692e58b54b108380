import { defineErrors, type Fail } from '../../core/error.ts';

const table = {
  'gas/model-unavailable': (d: { model: string; kind: string }) =>
    `the gas model ${d.model} does not exist for ${d.kind} programs; use naive or a cost table`,
  'gas/unknown-model': (d: { model: unknown; known: readonly string[] }) =>
    `there is no gas model ${String(d.model)}; use one of ${d.known.join(', ')} or a cost table`,
  'gas/table-shape': (_: Record<string, never>) =>
    'the cost table has no costs; pass { costs: { name: cost, … }, invalid: cost }',
  'gas/table-name': (d: { name: string }) =>
    `the cost table names ${d.name}, which is no instruction; SPEC.md lists them`,
  'gas/table-cost': (d: { name: string; cost: unknown }) =>
    `the cost of ${d.name} is ${String(d.cost)}; pass a whole number from 0 to 4294967295`,
  'gas/table-incomplete': (d: { kind: string; missing: readonly string[] }) =>
    `the cost table lacks ${d.missing.length} instructions of ${d.kind}, first ${d.missing[0]}; list them or give an otherwise cost`,
};

export const fail: Fail<typeof table> = defineErrors(table);
