/** Keras' short names of what is both a loss and a metric. */
export const shortNames = {
  bce: 'binary_crossentropy',
  kld: 'kl_divergence',
  mae: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  mse: 'mean_squared_error',
  msle: 'mean_squared_logarithmic_error',
} as const;

/** The same in capitals. */
export const capitalNames = {
  BCE: 'binary_crossentropy',
  KLD: 'kl_divergence',
  MAE: 'mean_absolute_error',
  MAPE: 'mean_absolute_percentage_error',
  MSE: 'mean_squared_error',
  MSLE: 'mean_squared_logarithmic_error',
} as const;
