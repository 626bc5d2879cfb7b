export { TensorBoard } from './tensor-board.js';

export type { TensorBoardSinks } from './sinks.js';
export type { TensorBoardOptions } from './tensor-board-options.js';
