/** The version of keepfit, written into each checkpoint. A test keeps it equal to that of package.json. */
export const version = '0.0.0';
