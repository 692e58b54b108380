/** The page of examples/drop-elf as a visitor uses it: drop a file, call what it exports. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Check } from './ahead.ts';
import { bundle } from './bundle.ts';
import { addressOf, serve } from './serve.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = `${root}examples/drop-elf`;
const TIMEOUT = { timeout: 20_000 };

/** Drops a file as a mouse does. The page's own language: what runs there has no types here. */
const drop = async (page: Page, name: string, bytes: Uint8Array): Promise<void> => {
  const content = JSON.stringify(Buffer.from(bytes).toString('base64'));
  const transfer = await page.evaluateHandle(`(() => {
    const data = new DataTransfer();
    const content = Uint8Array.from(atob(${content}), (c) => c.charCodeAt(0));
    data.items.add(new File([content], ${JSON.stringify(name)}));
    return data;
  })()`);
  await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer });
};

const guest = (path: string): Uint8Array => new Uint8Array(readFileSync(`${root}guests/bin/${path}`));

export const checkDropElf = async (browser: Browser, check: Check): Promise<void> => {
  const text = (name: string): string => readFileSync(`${PAGE}/${name}`, 'utf8');
  const { code: worker } = await bundle('examples/drop-elf/worker.ts', true);
  const server = await serve(
    new Map([
      ['/', { type: 'text/html', body: text('index.html') }],
      ['/page.css', { type: 'text/css', body: text('page.css') }],
      ['/page.js', { type: 'text/javascript', body: text('page.js') }],
      ['/worker.js', { type: 'text/javascript', body: worker }],
    ]),
  );
  try {
    const page = await browser.newPage();
    await page.goto(addressOf(server));

    await check('a page takes a dropped ELF file, links it and calls its function', async () => {
      await drop(page, 'add_numbers.elf', guest('rv64emac/add_numbers_relinkable.elf'));
      await page.waitForSelector('#calls form', TIMEOUT);
      const call = page.locator('#calls form', { hasText: 'add_numbers' }).first();
      await call.locator('input').fill('1 10');
      await call.locator('button').click();
      await page.locator('#output', { hasText: '= ' }).waitFor(TIMEOUT);
      const output = (await page.textContent('#output')) ?? '';
      return /add_numbers\(1, 10\) = 11/.test(output) ? undefined : output;
    });

    await check('the page says what is wrong with a file that cannot be linked', async () => {
      await drop(page, 'lisp.elf', guest('rv64imac/lisp_stripped.elf'));
      await page.waitForSelector('#problem:not([hidden])', TIMEOUT);
      const problem = (await page.textContent('#problem')) ?? '';
      return /^link\//.test(problem) && /--emit-relocs/.test(problem) ? undefined : problem;
    });
    await check('a page turns a stock program of 32 registers into a blob and runs it', async () => {
      await page.check('input[name=demote]');
      await drop(page, 'hello.elf', guest('rv64im/hello.elf'));
      await page.waitForSelector('#calls form', TIMEOUT);
      await page.locator('#calls form', { hasText: '_start' }).locator('button').click();
      await page.locator('#output', { hasText: 'exit' }).waitFor(TIMEOUT);
      const output = (await page.textContent('#output')) ?? '';
      return output.startsWith('Hello, world!') ? undefined : output;
    });
    if (process.env.SCREENSHOT !== undefined) await page.screenshot({ path: process.env.SCREENSHOT });
  } finally {
    server.close();
  }
};
