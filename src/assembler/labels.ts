import type { Problems } from '../core/problems.ts';
import { fail } from './errors.ts';

/** A label that the text names; one object per name. */
export interface LabelReference {
  readonly name: string;
}

interface Label extends LabelReference {
  /** Index of the instruction behind it; undefined until it is defined. */
  index: number | undefined;
  /** Where it is defined, and before that where it was first used. */
  line: number;
}

/** Labels of one text by name. They may be used before they are defined. */
export class Labels {
  readonly #labels: Map<string, Label> = new Map();

  refer(name: string, line: number): LabelReference {
    return this.#labels.get(name) ?? this.#add(name, line);
  }

  /** @throws RiscboxError `asm/duplicate-label` */
  define(name: string, index: number, line: number): LabelReference {
    const label = this.#labels.get(name) ?? this.#add(name, line);
    if (label.index !== undefined)
      throw fail('asm/duplicate-label', { line, label: name, first: label.line });
    label.index = index;
    label.line = line;
    return label;
  }

  /** Index of the instruction behind a label; 0 for one that is not defined, which `check` reports. */
  indexOf(label: LabelReference): number {
    return (label as Label).index ?? 0;
  }

  /** Reports the labels that are used and not defined. */
  check(problems: Problems): void {
    for (const { name, index, line } of this.#labels.values()) {
      if (problems.isFull) return;
      if (index === undefined) problems.add(fail('asm/undefined-label', { line, label: name }));
    }
  }

  #add(name: string, line: number): Label {
    const label: Label = { name, index: undefined, line };
    this.#labels.set(name, label);
    return label;
  }
}
