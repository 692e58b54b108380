/**
 * npm run test:browser
 *
 * The core entry in a real browser: bundled as a user would bundle it, run in Debian's Chromium (or the one that the
 * environment variable CHROMIUM names). The last line is "N passed, N failed".
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { link } from '../../src/linker/index.ts';
import { checkAhead, checkSize } from './ahead.ts';
import { bundle, compressedSize } from './bundle.ts';
import { checkDropElf } from './drop-elf.ts';
import type { ManyOutcome, Outcome, PageTests } from './page.ts';

/**
 * What a page pays for the entries without and with translating tiers. The aim for the first is 35,000 bytes; until then
 * they must not grow (bench/results.md).
 */
const LARGEST: Readonly<Record<string, number>> = { 'src/api.ts': 50 * 1024, 'src/index.ts': 93 * 1024 };
const INSTANCES = 1000;

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = [
  '--headless',
  '--no-sandbox', // Chromium refuses its sandbox to root, which CI runs as
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let passed = 0;
let failed = 0;

const check = async (what: string, body: () => Promise<string | undefined>): Promise<void> => {
  let problem: string | undefined;
  try {
    problem = await body();
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  if (problem === undefined) passed++;
  else failed++;
  console.log(problem === undefined ? `ok      ${what}` : `FAILED  ${what}: ${problem}`);
};

const blobOf = (guest: string): string => {
  const elf = readFileSync(fileURLToPath(new URL(`../../guests/bin/${guest}.elf`, import.meta.url)));
  return Buffer.from(link(new Uint8Array(elf))).toString('base64');
};

type Global = typeof globalThis & { tests: PageTests };

const run = (page: Page, blob: string): Promise<Outcome> =>
  page.evaluate((b) => (globalThis as Global).tests.run(b), blob);

const runMany = (page: Page, blob: string, count: number, text: string): Promise<ManyOutcome> =>
  page.evaluate(([b, n, t]) => (globalThis as Global).tests.many(b, n, t), [blob, count, text] as const);

for (const [entry, largest] of Object.entries(LARGEST)) {
  await check(`${entry} at most ${largest} bytes, compressed, with nothing left to resolve`, async () => {
    const { code, unresolved, inputs } = await bundle(entry, true);
    const size = compressedSize(code);
    console.log(
      `        ${code.length} bytes of JavaScript, ${size} after gzip, from ${inputs.length} files`,
    );
    if (unresolved.length > 0) return `imports ${unresolved.join(', ')}`;
    const foreign = inputs.map(({ path }) => path).filter((path) => !path.startsWith('src/'));
    if (foreign.length > 0) return `contains ${foreign.join(', ')}`;
    if (size <= largest) return undefined;
    const files = inputs.slice(0, 12).map(({ path, bytes }) => `${path} ${bytes}`);
    return `${size} bytes; the largest files, before compression: ${files.join(', ')}`;
  });
}

await checkSize(check);

const browser = await chromium.launch({ executablePath, args });
try {
  console.log(`        Chromium ${browser.version()}`);
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const { code } = await bundle('test/browser/page.ts', true);
  await page.addScriptTag({ content: code, type: 'module' });
  await page.waitForFunction(() => 'tests' in globalThis, undefined, { timeout: 10_000 });

  for (const guest of [
    'rv64im/hello',
    'rv32im/hello',
    'rv32em/hello',
    'rv64em/hello_bare',
    'rv64imac/control',
  ]) {
    await check(`${guest} runs`, async () => {
      const { text, code: status } = await run(page, blobOf(guest));
      const name = guest.slice(guest.indexOf('/') + 1);
      const expected = readFileSync(new URL(`../../guests/expected/${name}.txt`, import.meta.url), 'utf8');
      return text === expected && status === 0
        ? undefined
        : `exit code ${status}, printed ${JSON.stringify(text)}`;
    });
  }

  await check(`${INSTANCES} instances alive at once`, async () => {
    const { alive, right, milliseconds } = await runMany(
      page,
      blobOf('rv64im/hello_bare'),
      INSTANCES,
      'Hello, world!\n',
    );
    console.log(`        made and run in ${milliseconds.toFixed(0)} ms`);
    return alive === INSTANCES && right === INSTANCES ? undefined : `${alive} alive, ${right} right`;
  });

  await check('broken bytes are refused with a code', async () => {
    const broken = Buffer.from('PVM\0\x81broken', 'latin1').toString('base64');
    const answer = await page.evaluate((b) => (globalThis as Global).tests.refuse(b), broken);
    return /^blob\//.test(answer) ? undefined : answer;
  });

  await checkAhead(browser, check);
  await checkDropElf(browser, check);

  await check('no errors in the page', async () => (errors.length > 0 ? errors.join('; ') : undefined));
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
