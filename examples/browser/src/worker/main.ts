// The worker that trains, so that the page stays smooth. WebKit evaluates the first module of a worker again if a chunk
// imports from it, so this one has nothing to share: it loads the others, and keeps the orders that come meanwhile.
import type { Order } from '../messages.js';

const early: Order[] = [];
let followOrder = (order: Order): void => void early.push(order);
addEventListener('message', ({ data }: MessageEvent<Order>) => followOrder(data));

import('./follow-order.js').then(
  (loaded) => {
    followOrder = loaded.followOrder;
    early.forEach(followOrder);
  },
  // Only an error outside of promises reaches the page.
  (error: unknown) =>
    setTimeout(() => {
      throw error;
    }),
);
