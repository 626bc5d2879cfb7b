/** What fsStore needs to know of the machine beyond its files. Tests play other hosts, boots and platforms. */
export interface Machine {
  /** Whether folders cannot be synced, and a file that is being read cannot be replaced. */
  readonly isWindows: boolean;
  /** Who this process is. */
  self(): Promise<ProcessIdentity>;
  /** When the process of this pid started; null where it runs but that cannot be told, undefined where there is no such process. */
  startTimeOf(pid: number): Promise<string | null | undefined>;
  pause(milliseconds: number): Promise<void>;
}

/** One process of all that ever ran on any machine, as far as a platform can tell. */
export interface ProcessIdentity {
  readonly host: string;
  /** Differs from boot to boot; null where the platform has none. */
  readonly bootId: string | null;
  readonly pid: number;
  /** Tells a process from a later one of the same pid; null where the platform does not say. Opaque. */
  readonly startTime: string | null;
}
