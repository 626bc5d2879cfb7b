"""Records how Keras reduces losses, and weights losses and metrics by sample, time step, output and class.

    KERAS_BACKEND=jax python scripts/recordings/objective.py > packages/fit/test/keras/objective.json

Data and weights are formulas: see `numbers`. A case says in names what it is made of.
"""

import json
import math

import keras
import numpy as np

SAMPLES, STEPS = 8, 3
REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight"]


def numbers(shape, shift=0):
    return np.array([math.sin(1 + i + shift) for i in range(math.prod(shape))], "float32").reshape(shape)


def weights(shape, shift=0):
    return np.array([(i + shift) % 3 + 0.5 for i in range(math.prod(shape))], "float32").reshape(shape)


def dense(name, units):
    return keras.layers.Dense(units, use_bias=False, name=name)


def model(kind):
    """one: [n, 2] to [n, 1]; steps and masked: [n, 3, 2] to [n, 3, 1]; two: outputs a [n, 1] and b [n, 2]."""
    if kind == "two":
        x = keras.Input((2,))
        made = keras.Model(x, [dense("a", 1)(x), dense("b", 2)(x)])
    elif kind == "masked":
        made = keras.Sequential([keras.Input((STEPS, 2)), keras.layers.Masking(), dense("a", 1)])
    elif kind == "steps":
        made = keras.Sequential([keras.Input((STEPS, 2)), dense("a", 1)])
    else:
        made = keras.Sequential([keras.Input((2,)), dense("a", 2 if kind == "classes" else 1)])
    made.set_weights([numbers(weight.shape, index) for index, weight in enumerate(made.weights)])
    return made


def data(kind, shift=0):
    x = numbers((SAMPLES, STEPS, 2) if kind in ("steps", "masked") else (SAMPLES, 2), shift)
    if kind == "masked":
        x[::2, 1:] = 0
    if kind in ("steps", "masked"):
        return x, numbers((SAMPLES, STEPS, 1), 7 + shift)
    if kind == "two":
        return x, [numbers((SAMPLES, 1), 5 + shift), numbers((SAMPLES, 2), 9 + shift)]
    if kind == "classes":
        return x, np.array([i % 3 - 1 for i in range(SAMPLES)], "int32")
    if kind == "binary":
        return x, np.array([[i % 3 == 0] for i in range(SAMPLES)], "float32")
    return x, numbers((SAMPLES, 1), 5 + shift)


def record(kind, loss="mse", reduction=None, sample=None, classes=None, metrics=None, weighted=None):
    made = model(kind)
    losses = {
        "mse": keras.losses.MeanSquaredError,
        "ignoring": lambda **options: keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, ignore_class=-1, **options
        ),
        "binary": lambda **options: keras.losses.BinaryCrossentropy(from_logits=True, **options),
    }
    objects = {
        "precision": lambda: keras.metrics.Precision(thresholds=0.1, name="precision"),
        "rmse": lambda: keras.metrics.RootMeanSquaredError(name="rmse"),
    }
    find = lambda name: objects[name]() if name in objects else name
    lists = lambda given: given and (
        {name: [find(each) for each in items] for name, items in given.items()}
        if isinstance(given, dict)
        else [find(each) for each in given]
    )
    made.compile(
        optimizer=keras.optimizers.SGD(0.05),
        loss=losses[loss](**({"reduction": reduction} if reduction else {})),
        metrics=lists(metrics),
        weighted_metrics=lists(weighted),
    )
    shape = {None: None, "samples": (SAMPLES,), "steps": (SAMPLES, STEPS), "outputs": (SAMPLES,)}[sample]
    weigh = lambda shift: (
        None if shape is None else [weights(shape, shift), weights(shape, 1 + shift)] if sample == "outputs" else weights(shape, shift)
    )
    validation = (*data(kind, 50), *([weigh(2)] if sample else []))
    history = made.fit(
        *data(kind),
        sample_weight=weigh(0),
        class_weight=classes,
        batch_size=3,
        epochs=2,
        shuffle=False,
        verbose=0,
        validation_data=validation,
    ).history
    if kind == "masked":
        # The JAX backend forgets the mask before the metrics of training, not before those of validation.
        history = {key: values for key, values in history.items() if key == "loss" or key.startswith("val_")}
    return {
        "kind": kind,
        "loss": loss,
        "reduction": reduction,
        "sample": sample,
        "classes": classes,
        "metrics": metrics,
        "weighted": weighted,
        "history": {key: [round(float(value), 6) for value in values] for key, values in history.items()},
        "weights": [round(float(v), 6) for weight in made.get_weights() for v in weight.ravel()],
    }


CASES = [
    *[
        dict(kind=kind, reduction=reduction, sample=sample)
        for kind, samples in (("one", [None, "samples"]), ("steps", [None, "steps"]), ("masked", [None, "steps"]))
        for sample in samples
        for reduction in REDUCTIONS
    ],
    *[
        dict(kind="classes", loss="ignoring", reduction=reduction, sample=sample)
        for sample in (None, "samples")
        for reduction in REDUCTIONS
    ],
    dict(kind="one", sample="samples", metrics=["mae"], weighted=["mae", "mse", "mae", "rmse"]),
    dict(kind="one", weighted=["mae", "rmse"]),
    dict(kind="steps", sample="steps", metrics=["mae"], weighted=["mae", "rmse"]),
    dict(kind="masked", sample="steps", metrics=["mae"], weighted=["mae"]),
    dict(kind="binary", loss="binary", classes={0: 2, 1: 0.5}, metrics=["precision"], weighted=["precision", "mae"]),
    dict(kind="binary", loss="binary", sample="samples", weighted=["precision"]),
    dict(kind="two", sample="samples", metrics={"a": ["mae"]}, weighted={"a": ["mae"], "b": ["mae", "rmse"]}),
    dict(kind="two", sample="outputs", metrics={"b": ["mae"]}, weighted={"a": ["mae"], "b": ["mae"]}),
    dict(kind="two", sample="outputs", reduction="mean_with_sample_weight"),
]

print(json.dumps({"keras": keras.__version__, "cases": [record(**case) for case in CASES]}))
