/** The exit statuses, as those of diff. */
export const EXIT = { good: 0, bad: 1, trouble: 2 } as const;
