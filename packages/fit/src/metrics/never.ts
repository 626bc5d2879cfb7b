/** What Keras gives predictions that are not among the k largest: no threshold is below it, and it is itself the threshold of top-k metrics. */
export const NEG_INF = -1e10;
