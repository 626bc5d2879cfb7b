"""The training in Keras 3, or in tf_keras if the third argument says so. common.py says how to call it."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import tensorflow as tf  # noqa: E402

if sys.argv[3:] == ["tf_keras"]:
    import tf_keras as keras  # noqa: E402
else:
    import keras  # noqa: E402

from common import (  # noqa: E402
    BATCH,
    EPOCHS,
    FEATURES,
    RATE,
    SAVE_EACH,
    SEED,
    UNITS,
    Record,
    folder,
    write_results,
    x,
    y,
)

tf.config.experimental.enable_op_determinism()
keras.utils.set_random_seed(SEED)
record = Record()


class Samples(keras.layers.Layer):
    def call(self, inputs, training=False):
        if training and tf.executing_eagerly():
            record.samples(inputs.numpy())
        return inputs


class Mask(keras.layers.Layer):
    def call(self, inputs, training=False):
        if training and tf.executing_eagerly():
            record.dropout(inputs.numpy())
        return inputs


def variables_of(optimizer):
    values = optimizer.variables() if callable(optimizer.variables) else optimizer.variables
    return [variable.numpy() for variable in values]


def seen():
    """The samples in the running accuracy, a mean of one value a sample."""
    for metric in getattr(model, "_compile_metrics", None) and model._compile_metrics.metrics or model.metrics:
        if metric.name != "loss" and getattr(metric, "count", None) is not None:
            return float(metric.count.numpy())
    return -1


class Watch(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        record.begin(model.get_weights(), variables_of(model.optimizer))

    def on_train_batch_end(self, batch, logs=None):
        record.end(seen())


model = keras.Sequential(
    [
        keras.Input((FEATURES,)) if hasattr(keras, "Input") else keras.layers.InputLayer((FEATURES,)),
        Samples(),
        keras.layers.Dense(UNITS, "sigmoid"),
        keras.layers.Dropout(RATE),
        Mask(),
        keras.layers.Dense(1, "sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"], run_eagerly=True)
model.optimizer.build(model.trainable_variables)
log = os.path.join(folder, "log.csv")
stopping = keras.callbacks.EarlyStopping(monitor="loss", min_delta=10, patience=100)
history = model.fit(
    x,
    y,
    batch_size=BATCH,
    epochs=EPOCHS,
    verbose=0,
    callbacks=[
        stopping,
        keras.callbacks.CSVLogger(log, append=True),
        keras.callbacks.BackupAndRestore(os.path.join(folder, "backup"), save_freq=SAVE_EACH),
        Watch(),
    ],
)

with open(log) as file:
    rows = [line for line in file.read().splitlines() if not line.startswith("epoch")]
write_results(
    {keras.__name__: keras.__version__, "tensorflow": tf.__version__},
    model.get_weights(),
    variables_of(model.optimizer),
    model.optimizer.iterations.numpy(),
    dict(zip(map(str, history.epoch), history.history["accuracy"])),
    dict(zip(map(str, history.epoch), history.history["loss"])),
    rows,
    {"wait": stopping.wait, "best": float(stopping.best)},
)
