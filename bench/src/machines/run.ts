/** The name of the run that all benches have on their servers of NATS. */
export const RUN = 'bench';
