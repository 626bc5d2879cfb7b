// The program of the workers, bundled beside the benches: their sources are not loaded in a thread of Node 20.
import '@keepfit/engine-threads/worker';
