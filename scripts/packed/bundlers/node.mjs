// With "wait" as its second argument the program waits in the middle to be killed.
import { fsStore } from '@keepfit/store-fs';
import { train } from './train.mjs';

const [, , folder, word] = process.argv;
const wait = () => {
  console.log('waiting');
  return new Promise((resolve) => setTimeout(resolve, 600_000));
};
console.log(JSON.stringify(await train(fsStore(folder), word === 'wait' ? wait : undefined)));
