import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { programFile } from '../../../../test/programs/program-file.js';
import type { TrainOrder, TrainReport } from './train-process.js';

const PROGRAM = programFile('packages/backend-node/test/helpers/train-process.ts');

/** Trains in a new process and resolves to its report. */
export async function trainInProcess(order: TrainOrder): Promise<TrainReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(order)]);
  return JSON.parse(stdout) as TrainReport;
}
