import { Worker } from 'node:worker_threads';
import type { Job, JobResult, Report } from './job.ts';
import type { WorkerData, WorkerMessage } from './worker.ts';

/** Milliseconds after which a program that does not end counts as hanging: far more than the slowest take. */
const HANGING = 20_000;
const LOOK = 1000;

/** Threads do not inherit the loader of TypeScript files. */
const BOOTSTRAP = `import('tsx/esm/api').then(({ tsImport }) =>
  tsImport(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)}, ${JSON.stringify(import.meta.url)}))`;

/** Runs a job in a thread of its own and tells findings as they come; where a program hangs, a new thread goes on behind it. */
export const runInThread = async (job: Job, found: (report: Report) => void): Promise<JobResult[]> => {
  const results: JobResult[] = [];
  let rest = job;
  const ends = performance.now() + job.milliseconds;
  for (;;) {
    const { result, hanging } = await watch({ ...rest, milliseconds: ends - performance.now() }, found);
    results.push(result);
    if (hanging === undefined) return results;
    const report = await hangingReport(job, hanging.seed);
    found(report);
    results.push({ ...NOTHING, reports: [report], programs: 1 });
    const findings = rest.findings - result.reports.length - 1;
    if (findings <= 0 || job.only.length > 0) return results;
    rest = { ...rest, findings, first: hanging.index + job.step };
  }
};

interface Watched {
  readonly result: JobResult;
  readonly hanging: { readonly index: number; readonly seed: number } | undefined;
}

const NOTHING: JobResult = {
  coverage: { operations: {}, stops: {}, features: {}, executed: [], ran: 0, translated: 0, comparisons: 0 },
  reports: [],
  programs: 0,
};

const watch = (
  job: Job,
  found: (report: Report) => void,
  compared?: (text: string) => void,
): Promise<Watched> =>
  new Promise((resolve, reject) => {
    const at = new Int32Array(new SharedArrayBuffer(12));
    at[0] = -1;
    const workerData: WorkerData = { job, at, tell: compared !== undefined };
    const worker = new Worker(BOOTSTRAP, { eval: true, workerData });
    let result = NOTHING;
    let seen = -1;
    let since = performance.now();
    const timer = setInterval(() => {
      const [index = 0, seed = 0, shrinking = 0] = at;
      if (index !== seen) {
        seen = index;
        since = performance.now();
      } else if (performance.now() - since > HANGING + shrinking * job.shrinking) {
        clearInterval(timer);
        void worker.terminate();
        resolve({ result, hanging: { index, seed: seed >>> 0 } });
      }
    }, LOOK);
    worker.on('message', (message: WorkerMessage) => {
      if ('compared' in message) {
        compared?.(message.compared);
        return;
      }
      for (const report of message.result.reports.slice(result.reports.length)) found(report);
      result = message.result;
      if (!message.done) return;
      clearInterval(timer);
      resolve({ result, hanging: undefined });
    });
    worker.once('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
  });

/** Runs a program that hangs once more, to know in which of its runs. */
const hangingReport = async (job: Job, seed: number): Promise<Report> => {
  let text: string | undefined;
  const ignore = (): void => {};
  await watch({ ...job, only: [seed] }, ignore, (compared) => {
    text = compared;
  });
  return { seed, kind: 'hanging', what: 'does not end', text, lines: 0 };
};
