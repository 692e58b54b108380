import { parentPort, workerData } from 'node:worker_threads';
import { type Job, type JobResult, type Report, runJob } from './job.ts';

export interface WorkerData {
  readonly job: Job;
  /** Tells where the thread is: index and seed of the program. */
  readonly at: Int32Array;
}

export interface WorkerMessage {
  readonly result: JobResult;
  readonly report: Report | undefined;
}

const { job, at } = workerData as WorkerData;

runJob(
  job,
  (index, seed) => {
    at[0] = index;
    at[1] = seed;
  },
  (result, report) => parentPort?.postMessage({ result, report } satisfies WorkerMessage),
);
