/**
 * The one place where text becomes code. The text comes from the printer of this folder and consists of fixed names,
 * punctuation and decimal integers, whatever the guest's bytes are; test/jit/js/tokens.test.ts holds it to that.
 */

/** Defines the functions of a unit, in an environment of what they use. */
export type Define<E> = (environment: E) => void;

export const evaluate = <E>(text: string): Define<E> => new Function('E', text) as Define<E>;

let supported: boolean | undefined;

/** Whether this host makes code from text; a content security policy without 'unsafe-eval' forbids it. */
export const isSupported = (): boolean => {
  if (supported === undefined) {
    try {
      const environment = { answer: 0 };
      evaluate<typeof environment>('E.answer=42;')(environment);
      supported = environment.answer === 42;
    } catch {
      supported = false;
    }
  }
  return supported;
};
