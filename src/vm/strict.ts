import type { Program } from '../decoder/program.ts';
import { fail } from './module-errors.ts';

/**
 * What PolkaVM 0.35 checks in strict mode: every import and export names something, every jump table entry and
 * export lies in the code, no name is exported twice.
 *
 * @throws RiscboxError module/broken-import, module/jump-table, module/broken-export, module/duplicate-export
 */
export const checkStrictly = ({ imports, exports, code, blob }: Program): void => {
  const broken = imports.indexOf(undefined);
  if (broken >= 0) throw fail('module/broken-import', { number: broken });
  const { jumpTable } = blob;
  for (let index = 0; index < jumpTable.count; index++) {
    const target = jumpTable.target(index);
    if (target >= blob.code.length) throw fail('module/jump-table', { index, target });
  }
  const names = new Set<string>();
  for (const { name, pc } of exports) {
    const inside = blob.riscv === undefined ? pc < blob.code.length : code.isJumpTarget(pc);
    if (!inside) throw fail('module/broken-export', { name, pc });
    if (names.has(name)) throw fail('module/duplicate-export', { name });
    names.add(name);
  }
};
