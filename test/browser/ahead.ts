/** Programs translated ahead of time, in a page with a policy. */
import type { Browser } from 'playwright-core';
import { program } from '../../examples/program.ts';
import { translate } from '../../src/aot/compile.ts';
import type { AheadTests } from './ahead-page.ts';
import { compressedSize, sizeWithout, splitBundle } from './bundle.ts';
import { addressOf, serve } from './serve.ts';

/** The straight path: all of the entry but the interpreter. */
const LARGEST_STRAIGHT = 12 * 1024;
/**
 * What a page transfers before the interpreter is needed, where the bundler splits off the interpreter: the files that
 * both use become a script of their own, so there are two scripts, and the names that they exchange. Must not grow.
 */
const LARGEST_SPLIT = 13.2 * 1024;

export type Check = (what: string, body: () => Promise<string | undefined>) => Promise<void>;

type Global = typeof globalThis & { ahead: AheadTests };

const ENTRY = "export { load } from './src/aot/index.ts';";

export const checkSize = (check: Check): Promise<void> =>
  check(`straight path of riscbox/aot at most ${LARGEST_STRAIGHT} bytes, compressed`, async () => {
    const straight = await sizeWithout(ENTRY, '*/interpreter.ts');
    const { first, later, inputs } = await splitBundle(ENTRY);
    const sizeOf = (parts: typeof first): number =>
      parts.reduce((sum, { code }) => sum + compressedSize(code), 0);
    const size = sizeOf(first);
    console.log(
      `        ${straight} bytes after gzip; split by a bundler ${size}, and ${sizeOf(later)} on demand`,
    );
    if (straight <= LARGEST_STRAIGHT && size <= LARGEST_SPLIT) return undefined;
    const largest = inputs.slice(0, 12).map(({ path, bytes }) => `${path} ${bytes}`);
    return `${straight} and ${size} bytes; the largest files, before compression: ${largest.join(', ')}`;
  });

export const checkAhead = async (browser: Browser, check: Check): Promise<void> => {
  const { entry, first, later } = await splitBundle(
    "import { ahead } from './test/browser/ahead-page.ts'; Object.assign(globalThis, { ahead });",
  );
  const script = 'text/javascript';
  const server = await serve(
    new Map([
      ['/', { type: 'text/html', body: `<!doctype html><script type="module" src="/${entry}"></script>` }],
      ['/numbers.wasm', { type: 'application/wasm', body: translate(program).finish() }],
      ...[...first, ...later].map(({ name, code }) => [`/${name}`, { type: script, body: code }] as const),
    ]),
  );
  try {
    const page = await browser.newPage();
    await page.goto(addressOf(server));
    await page.waitForFunction(() => 'ahead' in globalThis, undefined, { timeout: 10_000 });
    const expect = (
      what: string,
      name: 'bytes' | 'compiled' | 'waits' | 'text',
      expected: RegExp,
    ): Promise<void> =>
      check(what, async () => {
        const answer = `${await page.evaluate((n) => (globalThis as Global).ahead[n](), name)}`;
        return expected.test(answer) ? undefined : answer;
      });
    await expect('the policy forbids code made from text', 'text', /EvalError|unsafe-eval/);
    await expect('a translated program runs under it', 'bytes', /^111$/);
    await expect('so does a module that the page has compiled', 'compiled', /^2000001000000$/);
    await expect('asynchronous calls wait for host functions', 'waits', /^16$/);
    await check('the interpreter is loaded for a trap, and not before', async () => {
      const { before, answer, after } = await page.evaluate(() => (globalThis as Global).ahead.traps());
      if (before.length !== first.length) return `at first ${before.join(', ')}`;
      return answer === 'call/trap' && after.length > before.length
        ? undefined
        : `${answer}, ${after.join(', ')}`;
    });
    await page.close();
  } finally {
    server.close();
    server.closeAllConnections();
  }
};
