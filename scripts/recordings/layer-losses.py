"""Records how Keras adds the losses of layers: regularizers of weights and activities, and add_loss.

    KERAS_BACKEND=jax python scripts/recordings/layer-losses.py > packages/layers/test/data/layer-losses.json

Data and weights are formulas: see `rows` and `weights`.
"""

import json
import math

import keras
import numpy as np

L1, L2 = keras.regularizers.L1(0.03), keras.regularizers.L2(0.05)
BOTH = keras.regularizers.L1L2(l1=0.02, l2=0.04)


class AddsLoss(keras.layers.Layer):
    """Adds a scalar, and a vector that is summed up."""

    def call(self, x):
        self.add_loss(0.1 * keras.ops.mean(keras.ops.square(x)))
        self.add_loss(0.01 * x[:, 0])
        return x + 1


def dense(**options):
    return keras.layers.Dense(2, activation="tanh", **options)


def plain(layer):
    return keras.Sequential([keras.Input((2,)), layer, keras.layers.Dense(1)])


def shared(layer):
    """The outer model makes the JAX backend count both calls, as the other backends do without it."""
    x = keras.Input((2,))
    inner = keras.Model(x, keras.layers.Dense(1)(layer(layer(x))))
    return keras.Sequential([keras.Input((2,)), inner])


def nested(layer):
    inner = keras.Sequential([keras.Input((2,)), layer])
    return keras.Sequential([keras.Input((2,)), dense(), inner, keras.layers.Dense(1)])


def frozen(layer):
    model = plain(layer)
    layer.trainable = False
    return model


def steps(layer):
    return keras.Sequential([keras.Input((3, 2)), layer, keras.layers.Dense(1)])


def recurrent(**options):
    return keras.layers.SimpleRNN(2, **options)


CASES = {
    "an activity, L1": lambda: plain(dense(activity_regularizer=L1)),
    "an activity, L2": lambda: plain(dense(activity_regularizer=L2)),
    "an activity, L1L2": lambda: plain(dense(activity_regularizer=BOTH)),
    "an activity of a shared layer": lambda: shared(dense(activity_regularizer=L2)),
    "an activity of a nested layer": lambda: nested(dense(activity_regularizer=L2)),
    "an activity of a frozen layer": lambda: frozen(dense(activity_regularizer=L2)),
    # Keras' recurrent layers ignore the option.
    "an activity of a recurrent layer": lambda: steps(
        keras.Sequential([recurrent(), keras.layers.ActivityRegularization(l2=0.05)])
    ),
    "a kernel": lambda: plain(dense(kernel_regularizer=BOTH, bias_regularizer=L2)),
    "a kernel of a shared layer": lambda: shared(dense(kernel_regularizer=L2)),
    "a kernel of a nested layer": lambda: nested(dense(kernel_regularizer=L2)),
    "a kernel of a frozen layer": lambda: frozen(dense(kernel_regularizer=L2)),
    "kernels of a recurrent layer": lambda: steps(recurrent(kernel_regularizer=L2, recurrent_regularizer=BOTH)),
    "a kernel per time step": lambda: keras.Sequential(
        [
            keras.Input((3, 2)),
            keras.layers.TimeDistributed(dense(kernel_regularizer=L2)),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    ),
    "add_loss": lambda: plain(AddsLoss()),
    "add_loss of a shared layer": lambda: shared(AddsLoss()),
    "add_loss of a nested layer": lambda: nested(AddsLoss()),
    "add_loss of a frozen layer": lambda: frozen(AddsLoss()),
}


def weights(model):
    values = []
    for index, weight in enumerate(model.weights):
        numbers = [0.4 * math.sin(index + 2 * i + 1) for i in range(math.prod(weight.shape))]
        values.append(np.array(numbers, "float32").reshape(weight.shape))
    model.set_weights(values)


def rows(shape, count, shift):
    shape = (count, *shape)
    x = np.array([math.sin(1 + i + shift) for i in range(math.prod(shape))], "float32").reshape(shape)
    return x, np.array([math.cos(i + shift) for i in range(count)], "float32").reshape(count, 1)


def numbers(values):
    return [round(float(value), 6) for value in np.array(values).ravel()]


def record(name):
    model = CASES[name]()
    weights(model)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    shape = model.input_shape[1:]
    x, y = rows(shape, 8, 0)
    validation = rows(shape, 5, 100)
    history = model.fit(
        x, y, batch_size=3, epochs=2, shuffle=False, verbose=0, validation_data=validation
    ).history
    evaluated = model.evaluate(*validation, batch_size=2, verbose=0)
    return {
        "name": name,
        "loss": numbers(history["loss"]),
        "val_loss": numbers(history["val_loss"]),
        "evaluated": numbers([evaluated])[0],
        "weights": [number for weight in model.weights for number in numbers(weight)],
    }


print(json.dumps({"keras": keras.__version__, "cases": [record(name) for name in CASES]}))
