"""Records values of losses and metrics with Keras 3.15, in the format of packages/fit/test/losses/keras-case.ts.

    KERAS_BACKEND=jax python3 scripts/recordings/more-values.py loss >cases.txt

prints one case a line, for more-losses.json or, with `metric`, for more-metrics.json. Losses come with their
gradient. A metric is fed in two batches: the first half of the rows, then the rest. Mean and Sum get the
predictions, because Keras gives them values and no targets.
"""

import json
import sys
import warnings

import jax
import keras
import numpy as np

warnings.filterwarnings("ignore")
random = np.random.default_rng(17)


def normal(*shape):
    return np.round(random.normal(size=shape), 3).astype("float32")


def uniform(*shape):
    return np.round(random.uniform(size=shape), 3).astype("float32")


def classes(count, *shape):
    return random.integers(0, count, size=shape).astype("float32")


def one_hot(count, *shape):
    return np.eye(count, dtype="float32")[random.integers(0, count, size=shape)]


def unit(*shape):
    vectors = random.normal(size=shape)
    return np.round(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), 4).astype("float32")


def shorten(array):
    """7 significant digits, and "nan" for NaN."""
    values = np.asarray(array, dtype="float64")
    if values.ndim > 0:
        return [shorten(each) for each in values]
    return "nan" if np.isnan(values) else float(f"{values:.7g}")


def plain(array):
    return None if array is None else np.round(np.asarray(array, dtype="float64"), 4).tolist()


def show(kind, name, args, y_true, y_pred, weights, **rest):
    case = {"kind": kind, "name": name, "args": args, "yTrue": plain(y_true), "yPred": plain(y_pred)}
    print(json.dumps({**case, "sampleWeight": plain(weights), **rest}, separators=(",", ":")))


def record_loss(name, args, y_true, y_pred, weights=None):
    loss = getattr(keras.losses, name)(**args)
    value, gradient = jax.value_and_grad(lambda y: loss(y_true, y, sample_weight=weights))(y_pred)
    show("loss", name, args, y_true, y_pred, weights, value=shorten(value), gradient=shorten(gradient))


def record_metric(name, args, y_true, y_pred, weights=None):
    metric = getattr(keras.metrics, name)(**args)
    half = len(y_pred) // 2
    for part in (slice(None, half), slice(half, None)):
        given = None if weights is None else weights[part]
        if name in ("Mean", "Sum"):
            metric.update_state(y_pred[part], sample_weight=given)
        else:
            metric.update_state(y_true[part], y_pred[part], sample_weight=given)
    direction = getattr(metric, "_direction", None)
    value = shorten(metric.result())
    show("metric", name, args, y_true, y_pred, weights, value=value, logName=metric.name, direction=direction)


def record_ctc():
    labels = np.array([[1, 2, 3], [2, 2, 0], [3, 0, 0], [0, 0, 0], [1, 3, 1]], "float32")
    logits = normal(5, 7, 4)
    record_loss("CTC", {}, labels, logits)
    record_loss("CTC", {}, labels, logits, np.array([1, 0.5, 2, 0, 1], "float32"))
    # Just long enough, for a repeated label too.
    record_loss("CTC", {}, np.array([[1, 1], [1, 2]], "float32"), normal(2, 3, 3))
    record_loss("CTC", {}, np.array([[1], [2]], "float32"), normal(2, 1, 3))
    # A zero before a label: the number of labels counts, and the first ones are taken.
    record_loss("CTC", {}, np.array([[1, 0, 2], [0, 2, 1]], "float32"), normal(2, 6, 3))
    # Ties everywhere, a large spread, and a longer sequence.
    record_loss("CTC", {}, np.array([[1, 2, 2, 1], [3, 0, 0, 0]], "float32"), np.zeros((2, 8, 5), "float32"))
    record_loss("CTC", {}, np.array([[1, 2], [2, 0]], "float32"), np.round(normal(2, 6, 3) * 20, 2))
    record_loss("CTC", {}, classes(5, 3, 9) + 1, normal(3, 40, 6))
    for reduction in ("sum", "mean", "mean_with_sample_weight"):
        weights = np.array([1, 0.5, 2, 0, 1], "float32")
        record_loss("CTC", {"reduction": reduction}, labels, logits, weights)


def record_circle():
    labels = np.array([0, 1, 0, 2, 1, 0], "float32")
    for args in (
        {},
        {"gamma": 5.0},
        {"margin": 0.25},
        {"remove_diagonal": False},
        {"gamma": 12.0, "margin": 0.1, "remove_diagonal": False},
    ):
        record_loss("Circle", args, labels, unit(6, 4))
    record_loss("Circle", {"gamma": 8.0}, labels.reshape(-1, 1), unit(6, 3))
    record_loss("Circle", {"gamma": 8.0}, labels, unit(6, 3), np.array([1, 2, 0, 0.5, 1, 1], "float32"))
    # No two samples of one class; only one class; vectors that are no unit vectors.
    record_loss("Circle", {}, np.arange(4, dtype="float32"), unit(4, 3))
    record_loss("Circle", {}, np.ones(4, "float32"), unit(4, 3))
    record_loss("Circle", {"gamma": 2.0}, np.array([0, 0, 1, 1], "float32"), normal(4, 3))
    for reduction in ("sum", "mean", "mean_with_sample_weight"):
        args = {"gamma": 8.0, "reduction": reduction}
        record_loss("Circle", args, labels, unit(6, 3), np.array([1, 2, 0, 0.5, 1, 1], "float32"))


def record_intersections():
    whole, parts = np.array([1, 2, 0, 3, 1, 1, 2], "float32"), np.array([0.5, 1.5, 0.25, 1, 2, 0.75, 1], "float32")
    sparse, wide = classes(3, 7), classes(3, 7, 2, 4)
    for name, targets in (("IoU", {"target_class_ids": [0, 2]}), ("MeanIoU", {})):
        args = {"num_classes": 3, **targets}
        record_metric(name, args, sparse, classes(3, 7))
        record_metric(name, args, wide, classes(3, 7, 2, 4))
        record_metric(name, args, sparse, classes(3, 7), whole)
        record_metric(name, args, sparse, classes(3, 7), parts)
        record_metric(name, {**args, "dtype": "float32"}, sparse, classes(3, 7), parts)
        record_metric(name, {**args, "dtype": "int32"}, sparse, classes(3, 7), parts)
        record_metric(name, {**args, "ignore_class": 1}, sparse, classes(3, 7))
        record_metric(name, {**args, "ignore_class": 255}, np.where(wide == 1, 255, wide), classes(3, 7, 2, 4))
        record_metric(name, {**args, "ignore_class": -1}, np.where(sparse == 1, -1, sparse), classes(3, 7), whole)
        record_metric(name, {**args, "sparse_y_pred": False}, sparse, normal(7, 3))
        record_metric(name, {**args, "sparse_y_pred": False}, wide, normal(7, 2, 4, 3))
        record_metric(name, {**args, "sparse_y_true": False}, one_hot(3, 7), classes(3, 7), whole)
        both = {"sparse_y_true": False, "sparse_y_pred": False}
        record_metric(name, {**args, **both}, one_hot(3, 7, 5), normal(7, 5, 3))
        record_metric(name, {**args, "axis": -1, **both}, one_hot(3, 7), uniform(7, 3), parts)
        # Numbers that are no class, fractions of them, and a class that never occurs.
        odd = np.array([0, 1.7, -0.5, 5, 2, -1, 1], "float32")
        record_metric(name, args, odd, classes(3, 7))
        record_metric(name, {**args, "dtype": "float32"}, odd, classes(3, 7))
        record_metric(name, args, sparse, odd)
        record_metric(name, {"num_classes": 5, **targets}, sparse, classes(3, 7))
        record_metric(name, {**args, "name": "overlap"}, wide, classes(3, 7, 2, 4))
        record_metric(name, args, wide, classes(3, 7, 2, 4), classes(3, 7, 2, 4))
    record_metric("IoU", {"num_classes": 3, "target_class_ids": [1]}, sparse, classes(3, 7))
    record_metric("IoU", {"num_classes": 3, "target_class_ids": [1, 1, 2]}, sparse, classes(3, 7))
    record_metric("IoU", {"num_classes": 9, "target_class_ids": [7, 8]}, sparse, classes(3, 7))


def record_binary_intersections():
    for args in (
        {},
        {"threshold": 0.3},
        {"target_class_ids": [0]},
        {"target_class_ids": [1], "threshold": 0.7},
        {"dtype": "float32"},
    ):
        record_metric("BinaryIoU", args, classes(2, 7), uniform(7))
        record_metric("BinaryIoU", args, classes(2, 7, 3), uniform(7, 3))
        record_metric("BinaryIoU", args, classes(2, 7, 1), uniform(7, 1), np.arange(7).astype("float32").reshape(-1, 1))
        record_metric("BinaryIoU", args, classes(2, 7), uniform(7), np.round(uniform(7) * 2, 2))
    record_metric("BinaryIoU", {"threshold": 0.0}, classes(2, 7), normal(7))
    record_metric("BinaryIoU", {"threshold": 0.5}, classes(2, 5), np.array([0.5, 0.4999, 0.5001, 0, 1], "float32"))


def record_one_hot_intersections():
    parts = np.array([0.5, 1.5, 0.25, 1, 2, 0.75, 1], "float32")
    for name, targets in (("OneHotIoU", {"target_class_ids": [0, 2]}), ("OneHotMeanIoU", {})):
        args = {"num_classes": 3, **targets}
        record_metric(name, args, one_hot(3, 7), uniform(7, 3))
        record_metric(name, args, one_hot(3, 7, 2, 4), normal(7, 2, 4, 3))
        record_metric(name, args, one_hot(3, 7), uniform(7, 3), parts)
        record_metric(name, {**args, "dtype": "float32"}, one_hot(3, 7), uniform(7, 3), parts)
        record_metric(name, {**args, "sparse_y_pred": True}, one_hot(3, 7), classes(3, 7))
        record_metric(name, {**args, "ignore_class": 0}, one_hot(3, 7), uniform(7, 3))
        record_metric(name, {**args, "ignore_class": 2, "axis": -1}, one_hot(3, 7, 5), uniform(7, 5, 3))


def record_correlations():
    for name in ("PearsonCorrelation", "ConcordanceCorrelation"):
        record_metric(name, {}, normal(7, 4), normal(7, 4))
        record_metric(name, {}, normal(7, 3, 4), normal(7, 3, 4))
        record_metric(name, {}, normal(7, 4), normal(7, 4), uniform(7))
        record_metric(name, {}, normal(7, 3, 4), normal(7, 3, 4), uniform(7, 3))
        record_metric(name, {"axis": 0}, normal(8, 4), normal(8, 4))
        record_metric(name, {"axis": 0}, normal(7, 1), normal(7, 1))
        record_metric(name, {"axis": 1}, normal(7, 5, 2), normal(7, 5, 2))
        record_metric(name, {"axis": [1, 2]}, normal(7, 5, 2), normal(7, 5, 2))
        record_metric(name, {}, normal(7), normal(7))
        record_metric(name, {"name": "likeness"}, classes(4, 7, 4), normal(7, 4))
        # Equal values along the axis.
        record_metric(name, {}, normal(7, 1), normal(7, 1))
        record_metric(name, {}, np.ones((7, 3), "float32"), normal(7, 3))


def record_reductions():
    for name in ("Mean", "Sum"):
        record_metric(name, {}, np.zeros(7), normal(7))
        record_metric(name, {}, np.zeros(7), normal(7, 3))
        record_metric(name, {}, np.zeros(7), normal(7, 3, 2))
        record_metric(name, {}, np.zeros(7), normal(7), uniform(7))
        record_metric(name, {}, np.zeros(7), normal(7, 3), uniform(7))
        record_metric(name, {}, np.zeros(7), normal(7, 3), uniform(7, 3))
        record_metric(name, {}, np.zeros(7), normal(7, 3, 2), uniform(7, 3))
        record_metric(name, {"name": "size"}, np.zeros(7), normal(7, 1), np.zeros(7, "float32"))


recordings = {
    "loss": [record_ctc, record_circle],
    "metric": [
        record_intersections,
        record_binary_intersections,
        record_one_hot_intersections,
        record_correlations,
        record_reductions,
    ],
}
for record in recordings[sys.argv[1]]:
    record()
