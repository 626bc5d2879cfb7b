/** The version of keepfit that stands in each checkpoint. A test keeps it equal to package.json's. */
export const version = '0.0.0';
