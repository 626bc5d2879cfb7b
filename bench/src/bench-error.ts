/** An end of the program that needs no stack trace: its message is printed, and `status` is the exit status. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}
