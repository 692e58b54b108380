import type { AttributeStep } from './abbreviations.ts';
import { directForm, type Form, type FormSizes, readForm, skipForm } from './forms.ts';
import type { DwarfReader } from './reader.ts';

/** A value as stored; what it stands for depends on the form, and on what its unit says. */
export interface AttributeValue {
  readonly form: Form;
  readonly value: number;
}

const UNSIGNED_32 = 0xffff_ffff;

/** The wanted attributes of one entry. One object serves all entries, since most have none that is wanted. */
export class AttributeValues {
  readonly #values = new Map<number, AttributeValue>();

  /** Reads past the attributes of the next entry and keeps the wanted ones. */
  read(reader: DwarfReader, steps: readonly AttributeStep[], sizes: FormSizes): void {
    if (this.#values.size > 0) this.#values.clear();
    for (const { attribute, form, bytes, implicit } of steps) {
      if (form === undefined) {
        reader.skip(bytes);
        continue;
      }
      const direct = directForm(form, reader);
      if (attribute === 0) skipForm(reader, direct, sizes);
      else this.#values.set(attribute, { form: direct, value: readForm(reader, direct, sizes, implicit) });
    }
  }

  get(attribute: number): AttributeValue | undefined {
    return this.#values.get(attribute);
  }

  /** A line or column: 0 when the entry does not say it, or nothing that the debug sections of blobs could. */
  place(attribute: number): number {
    const value = this.#values.get(attribute)?.value ?? 0;
    return value >= 0 && value <= UNSIGNED_32 ? value : 0;
  }
}
