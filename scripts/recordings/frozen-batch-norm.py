"""Records how Keras trains models with frozen batch normalization.

    KERAS_BACKEND=jax python scripts/recordings/frozen-batch-norm.py > packages/layers/test/data/frozen-batch-norm.json

Data and weights are formulas: see `rows` and `weights`. `frozen` says what is not trainable.
"""

import json
import math

import keras
import numpy as np

EPOCHS = 2


def rows(steps=None):
    shape = (8, 2) if steps is None else (8, steps, 2)
    x = np.array([2 + math.sin(1 + i) for i in range(math.prod(shape))], "float32").reshape(shape)
    y = np.array([math.cos(i) for i in range(8)], "float32").reshape(8, 1)
    return x, y


def weights(model):
    """Small weights; the moving variances are positive."""
    values = []
    for index, weight in enumerate(model.weights):
        numbers = [0.4 * math.sin(index + 2 * i + 1) for i in range(math.prod(weight.shape))]
        array = np.array(numbers, "float32").reshape(weight.shape)
        values.append(array + 1 if "variance" in weight.path or "gamma" in weight.path else array)
    model.set_weights(values)


def build(kind, options):
    normalization = keras.layers.BatchNormalization(momentum=0.9, **options)
    if kind == "time-distributed":
        outer = keras.layers.TimeDistributed(normalization)
        return [keras.Input((3, 2)), outer, keras.layers.Flatten(), keras.layers.Dense(1)], outer, normalization
    if kind == "nested":
        outer = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3), normalization])
        return [keras.Input((2,)), keras.layers.Dense(3), outer, keras.layers.Dense(1)], outer, normalization
    return [keras.Input((2,)), keras.layers.Dense(3), normalization, keras.layers.Dense(1)], None, normalization


CASES = [
    ("plain", {}, None),
    ("plain", {}, "layer"),
    ("plain", {}, "model"),
    ("plain", {"scale": False}, "layer"),
    ("plain", {"center": False}, "layer"),
    ("plain", {"scale": False, "center": False}, "layer"),
    ("plain", {"axis": 1}, "layer"),
    ("nested", {}, None),
    ("nested", {}, "layer"),
    ("nested", {}, "outer"),
    ("nested", {"scale": False, "center": False}, "outer"),
    ("time-distributed", {}, "layer"),
    ("time-distributed", {}, "outer"),
]


def record(kind, options, frozen):
    layers, outer, normalization = build(kind, options)
    model = keras.Sequential(layers)
    weights(model)
    target = {"layer": normalization, "outer": outer, "model": model, None: None}[frozen]
    if target is not None:
        target.trainable = False
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
    x, y = rows(3 if kind == "time-distributed" else None)
    history = model.fit(x, y, batch_size=4, epochs=EPOCHS, shuffle=False, verbose=0)
    # By the path of a weight, because frozen layers change the order.
    values = [[round(float(v), 6) for v in np.array(w).ravel()] for w in sorted_weights(model)]
    losses = [round(loss, 6) for loss in history.history["loss"]]
    return {"kind": kind, "options": options, "frozen": frozen, "loss": losses, "weights": values}


def sorted_weights(model):
    """Layer by layer, in the order in which each layer made them."""
    found = []
    for layer in model.layers:
        inner = layer.layers if isinstance(layer, keras.Sequential) else [layer]
        for each in inner:
            found += (each.layer if isinstance(each, keras.layers.TimeDistributed) else each).weights
    return found


print(json.dumps({"keras": keras.__version__, "epochs": EPOCHS, "cases": [record(*case) for case in CASES]}))
