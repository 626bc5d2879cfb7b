/** Whether the tests leave out nothing for time: on a real GPU, and where VITE_KEEPFIT_ALL_POINTS=1 asks for it. */
export const allPoints = Boolean(
  import.meta.env['VITE_KEEPFIT_ALL_POINTS'] || import.meta.env['VITE_KEEPFIT_GPU'],
);
