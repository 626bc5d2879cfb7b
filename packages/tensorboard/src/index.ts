export { TensorBoard } from './tensor-board.js';

export type { TensorBoardOptions, TensorBoardSinks } from './tensor-board.js';
