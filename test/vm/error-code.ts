import { isRiscboxError } from '../../src/index.ts';

/** The code of the riscbox error that a function throws; anything else that it throws passes through. */
export const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isRiscboxError(error)) return error.code;
    throw error;
  }
  return 'nothing thrown';
};

export const rejection = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing thrown',
    (error: unknown) => {
      if (isRiscboxError(error)) return error.code;
      throw error;
    },
  );
