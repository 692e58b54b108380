import { parentPort, workerData } from 'node:worker_threads';
import { Engine, isRiscboxError } from '../../src/index.ts';
import { recursive } from './tiering-programs.ts';

const { depth, tier } = workerData as { depth: number; tier: 'auto' | 'wasm' | 'interpreter' };
const instance = new Engine({ tier }).compile(recursive(depth)).instantiate();
try {
  parentPort?.postMessage(String(instance.call('down', depth)));
} catch (error) {
  parentPort?.postMessage(isRiscboxError(error) ? error.code : `raw: ${error}`);
}
