import { UsageError } from './command.ts';

/** The part of binaryen's interface that is used here. */
interface Binaryen {
  readonly Features: Readonly<Record<string, number>>;
  setOptimizeLevel(level: number): void;
  setShrinkLevel(level: number): void;
  readBinary(bytes: Uint8Array): {
    setFeatures(features: number): void;
    optimize(): void;
    emitBinary(): Uint8Array;
    dispose(): void;
  };
}

/** A variable, so that nobody who builds or checks this needs the package: it is an optional peer dependency. */
const PACKAGE: string = 'binaryen';

/** What translated code uses beyond the first version of WebAssembly. */
const FEATURES: readonly string[] = [
  'MutableGlobals',
  'SignExt',
  'Multivalue',
  'BulkMemory',
  'NontrappingFPToInt',
];

/** The same module, improved by binaryen. Throws UsageError when that is not installed. */
export const optimise = async (code: Uint8Array): Promise<Uint8Array> => {
  const binaryen = await importBinaryen();
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(1);
  const module = binaryen.readBinary(code);
  try {
    module.setFeatures(FEATURES.reduce((all, name) => all | (binaryen.Features[name] ?? 0), 0));
    module.optimize();
    return module.emitBinary();
  } finally {
    module.dispose();
  }
};

const importBinaryen = async (): Promise<Binaryen> => {
  try {
    return (await import(PACKAGE)).default;
  } catch (cause) {
    throw new UsageError('--optimize needs the package binaryen; install it with npm install binaryen', {
      cause,
    });
  }
};
