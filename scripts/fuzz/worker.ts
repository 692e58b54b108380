import { parentPort, workerData } from 'node:worker_threads';
import { type Job, type JobResult, runJob } from './job.ts';

/** What a thread is given: its job and two words that tell the program it is at, index and seed. */
export interface WorkerData {
  readonly job: Job;
  readonly at: Int32Array;
}

/** What a thread sends: how far it is; the last one says that it is done. */
export interface WorkerMessage {
  readonly result: JobResult;
  readonly done: boolean;
}

const { job, at } = workerData as WorkerData;
const post = (result: JobResult, done: boolean): void => parentPort?.postMessage({ result, done });

const result: JobResult = runJob(job, {
  begin: (index, seed) => {
    at[0] = index;
    at[1] = seed;
  },
  progress: (part) => post(part, false),
});
post(result, true);
