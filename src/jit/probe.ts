import { ModuleBuilder } from './wasm/encoder/module-builder.ts';
import { I32, LOAD } from './wasm/encoder/opcodes.ts';
import { I32_TYPE, I64_TYPE } from './wasm/encoder/types.ts';

/**
 * A module with what translated code needs beyond the first version of WebAssembly: several results (2020) and
 * sign-extending operations (2020).
 */
const sample = (): Uint8Array<ArrayBuffer> => {
  const b = new ModuleBuilder();
  b.memory({ initial: 0 });
  const index = b.declare(b.type([I32_TYPE, I64_TYPE], [I32_TYPE, I64_TYPE]));
  const f = b.begin(index);
  f.get(0);
  f.op(I32.extend8S);
  f.load(LOAD.i32, 0);
  f.get(1);
  f.finish();
  return b.finish();
};

let supported: boolean | undefined;

/**
 * Whether this host compiles WebAssembly as translated code needs it, found out once. A content security policy without
 * 'wasm-unsafe-eval' forbids it, V8's jitless mode has none, and old engines lack operations.
 */
export const isWebAssemblySupported = (): boolean => {
  supported ??= tryIt();
  return supported;
};

const tryIt = (): boolean => {
  if (typeof WebAssembly === 'undefined') return false;
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(sample())) !== undefined;
  } catch {
    return false;
  }
};

/** For tests, after they have changed what the host allows. */
export const forgetWhatIsSupported = (): void => {
  supported = undefined;
};
