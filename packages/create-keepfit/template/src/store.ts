import { join } from 'node:path';
import { fileSink, fsStore } from '@keepfit/store-fs';

const folder = process.env['RUN_FOLDER'] ?? 'runs/first';

/** Where checkpoints live. For a bucket, see `s3Store` of @keepfit/store-s3. */
export const store = fsStore(folder);

/** The table of all epochs. */
export const log = fileSink(join(folder, 'log.csv'));
