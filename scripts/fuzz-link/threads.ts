import { Worker } from 'node:worker_threads';
import type { Job, JobResult, Report } from './job.ts';
import type { WorkerData, WorkerMessage } from './worker.ts';

/** Milliseconds after which a program counts as hanging: far more than linking it in all ways and making it small take. */
const HANGING = 120_000;
const LOOK = 1000;

/** Threads do not inherit the loader of TypeScript files. */
const BOOTSTRAP = `import('tsx/esm/api').then(({ tsImport }) =>
  tsImport(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)}, ${JSON.stringify(import.meta.url)}))`;

export const NOTHING: JobResult = { passed: 0, failed: 0, unfit: 0, links: 0, observations: 0 };

/** Runs a job in a thread of its own; one that hangs ends there, with what it has done. */
export const runInThread = (job: Job, found: (report: Report) => void): Promise<JobResult> =>
  new Promise((resolve, reject) => {
    const at = new Int32Array(new SharedArrayBuffer(8));
    at[0] = -1;
    const worker = new Worker(BOOTSTRAP, { eval: true, workerData: { job, at } satisfies WorkerData });
    let result = NOTHING;
    let seen = -1;
    let since = performance.now();
    const timer = setInterval(() => {
      const [index = 0, seed = 0] = at;
      if (index !== seen) {
        seen = index;
        since = performance.now();
      } else if (performance.now() - since > HANGING) {
        clearInterval(timer);
        void worker.terminate();
        found({ seed: seed >>> 0, title: 'does not end', text: '' });
        resolve({ ...result, failed: result.failed + 1 });
      }
    }, LOOK);
    worker.on('message', (message: WorkerMessage) => {
      result = message.result;
      if (message.report !== undefined) found(message.report);
    });
    worker.once('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    worker.once('exit', () => {
      clearInterval(timer);
      resolve(result);
    });
  });
