import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import * as fuse from './fuse-messages.js';
import type { LogEntry } from './log-entry.js';

/**
 * A process that speaks FUSE and serves a folder with two files. `disk` is the given image; its writes and
 * fsyncs are logged in order. Writes to `marks` go into the same log before they return. The process ends
 * when the folder is unmounted.
 *
 * Everything is synchronous, one request after the other, so that the log's order is the order of the
 * answers.
 */
const [image = '', logFile = '', dataFile = '', folder = ''] = process.argv.slice(2);
const [ROOT, DISK, MARKS] = [1, 2, 3];
const { ENOENT, ENOSYS } = { ENOENT: 2, ENOSYS: 38 };

const disk = openSync(image, 'r+');
const size = fstatSync(disk).size;
const log = openSync(logFile, 'w');
const data = openSync(dataFile, 'w');
let dataLength = 0;

const device = openSync('/dev/fuse', 'r+');
const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
spawn('mount', ['-i', '-t', 'fuse', 'power-cut', folder, '-o', options], {
  stdio: ['ignore', 'inherit', 'inherit', device],
});

const buffer = Buffer.alloc(fuse.LARGEST_WRITE + 65_536);
for (;;) {
  const length = nextRequest();
  if (length === undefined) break;
  const reply = serve(fuse.parseRequest(buffer.subarray(0, length)));
  if (reply !== undefined) writeSync(device, reply);
}
closeSync(device);

/** Reads the next request and returns its length in the buffer; undefined once the folder is unmounted. */
function nextRequest(): number | undefined {
  for (;;) {
    try {
      return readSync(device, buffer);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENODEV') return undefined;
      // EPERM: not mounted yet. The others: the request was withdrawn.
      if (!['EPERM', 'ENOENT', 'EINTR', 'EAGAIN'].includes(code ?? '')) throw error;
      if (code === 'EPERM') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

function serve({ operation, id, node, body }: fuse.FuseRequest): Buffer | undefined {
  const { OPERATION } = fuse;
  switch (operation) {
    case OPERATION.forget:
    case OPERATION.batchForget:
    case OPERATION.interrupt:
      return undefined;
    case OPERATION.init:
      return fuse.createAnswer(id, 0, fuse.initAnswer(body));
    case OPERATION.lookup:
      return lookUp(id, body.toString('latin1', 0, body.length - 1));
    case OPERATION.getAttributes:
    case OPERATION.setAttributes:
      return fuse.createAnswer(id, 0, fuse.attributesAnswer(node, getMode(node), getSize(node)));
    case OPERATION.open:
      return fuse.createAnswer(id, 0, fuse.openAnswer());
    case OPERATION.read:
      return node === DISK ? read(id, body) : fuse.createAnswer(id, 0);
    case OPERATION.write:
      return node === DISK ? write(id, body) : mark(id, body);
    case OPERATION.sync:
      if (node === DISK) note({ kind: 'flush' });
      return fuse.createAnswer(id, 0);
    case OPERATION.flush:
    case OPERATION.release:
    case OPERATION.destroy:
      return fuse.createAnswer(id, 0);
    case OPERATION.statFs:
      return fuse.createAnswer(id, 0, Buffer.alloc(80));
    default:
      return fuse.createAnswer(id, ENOSYS);
  }
}

function lookUp(id: bigint, name: string): Buffer {
  const node = { disk: DISK, marks: MARKS }[name];
  if (node === undefined) return fuse.createAnswer(id, ENOENT);
  return fuse.createAnswer(id, 0, fuse.entryAnswer(node, getMode(node), getSize(node)));
}

function read(id: bigint, body: Buffer): Buffer {
  const { offset, length } = fuse.parseRange(body);
  const bytes = Buffer.alloc(length);
  const found = readSync(disk, bytes, 0, length, offset);
  return fuse.createAnswer(id, 0, bytes.subarray(0, found));
}

function write(id: bigint, body: Buffer): Buffer {
  const { offset, length, data: bytes } = fuse.parseRange(body);
  writeSync(disk, bytes, 0, length, offset);
  writeSync(data, bytes, 0, length, dataLength);
  note({ kind: 'write', offset, length, at: dataLength });
  dataLength += length;
  return fuse.createAnswer(id, 0, fuse.writtenAnswer(length));
}

function mark(id: bigint, body: Buffer): Buffer {
  const { length, data: bytes } = fuse.parseRange(body);
  note({ kind: 'mark', text: bytes.toString('utf8', 0, length) });
  return fuse.createAnswer(id, 0, fuse.writtenAnswer(length));
}

function note(entry: LogEntry): void {
  writeSync(log, `${JSON.stringify(entry)}\n`);
}

function getMode(node: number): number {
  return node === ROOT ? fuse.FOLDER : fuse.REGULAR;
}

function getSize(node: number): number {
  return node === DISK ? size : 0;
}
