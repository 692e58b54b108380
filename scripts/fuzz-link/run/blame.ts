import { PassRunner } from '../../../src/linker/relink/optimise/pass-runner.ts';
import type { Pass } from '../../../src/linker/relink/report.ts';

/** Passes that programs cannot do without. */
const NEEDED: ReadonlySet<string> = new Set(['reachability']);

/**
 * The first run of a pass behind which a program fails, found by leaving out all passes behind more and more of them;
 * undefined when it fails without any.
 */
export const guiltyPass = (fails: () => boolean): string | undefined => {
  const { run } = PassRunner.prototype;
  let last = '';
  /** True when the program fails with the first `allowed` runs. */
  const failsWith = (allowed: number): boolean => {
    let runs = 0;
    PassRunner.prototype.run = function (this: PassRunner, pass: Pass): boolean {
      if (!NEEDED.has(pass.name)) {
        if (runs >= allowed) return false;
        runs++;
        last = pass.name;
      }
      return run.call(this, pass);
    };
    try {
      return fails();
    } finally {
      PassRunner.prototype.run = run;
    }
  };
  if (failsWith(0)) return undefined;
  for (let allowed = 1; allowed < 100; allowed++) {
    if (failsWith(allowed)) return `${last}, run ${allowed}`;
  }
  return 'none alone';
};
