import { parentPort, workerData } from 'node:worker_threads';
import { type Job, type JobResult, runJob } from './job.ts';

/** What a thread is given. */
export interface WorkerData {
  readonly job: Job;
  /** Tells where the thread is: index and seed of the program, and 1 while a finding is made small. */
  readonly at: Int32Array;
  /** The text of each comparison is to be sent before it is made. */
  readonly tell: boolean;
}

/** What a thread sends: what it is about to compare, or how far it is; the last one says that it is done. */
export type WorkerMessage =
  | { readonly compared: string }
  | { readonly result: JobResult; readonly done: boolean };

const { job, at, tell } = workerData as WorkerData;
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

const result: JobResult = runJob(job, {
  begin: (index, seed) => {
    at[0] = index;
    at[1] = seed;
    at[2] = 0;
  },
  shrinking: () => {
    at[2] = 1;
  },
  progress: (part) => post({ result: part, done: false }),
  ...(tell ? { compared: (text: string) => post({ compared: text }) } : {}),
});
post({ result, done: true });
