"""Trains a model of bench/src/models/models.ts with Keras on one thread, for the bench `keras`.

    KERAS_BACKEND=jax python3 bench/keras/train_on_request.py MODEL

Reads questions and writes answers, a line of JSON each: {"steps": N} trains N steps with `fit` and Adam and is
answered by {"ms": T}, the CPU time of a step in milliseconds. The first answer says that the model is ready.
"""

import json
import os
import sys
import time

# One core and one thread. Both must be set before a backend is loaded.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["JAX_PLATFORMS"] = "cpu"
for name in ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "TF_NUM_INTRAOP", "TF_NUM_INTEROP"):
    os.environ[f"{name}_THREADS"] = "1"
os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

CLASSES = 10
WORDS = 1000


def dense(units):
    return layers.Dense(units, activation="relu")


def conv(filters, padding="valid", activation="relu"):
    return layers.Conv2D(filters, 3, padding=padding, activation=activation)


def pool():
    return layers.MaxPooling2D(2)


def build_mlp():
    return [dense(128), dense(64)]


def build_mnist():
    return [conv(32), pool(), conv(64), pool(), layers.Flatten(), dense(128)]


def build_cifar():
    first = [conv(32, "same", None), layers.BatchNormalization(), layers.Activation("relu")]
    others = [conv(32, "same"), pool(), conv(64, "same"), pool(), layers.Dropout(0.3)]
    return [*first, *others, layers.Flatten(), dense(64)]


def build_text():
    return [layers.Embedding(WORDS, 32), layers.LSTM(32)]


# The hidden layers of each model, and the shape and type of a row.
MODELS = {
    "MLP 784-128-64-10": (build_mlp, (784,), "float32"),
    "MNIST convnet 32/64/dense 128": (build_mnist, (28, 28, 1), "float32"),
    "CIFAR convnet 32/32/64 with batch norm": (build_cifar, (32, 32, 3), "float32"),
    "embedding 1000×32 and LSTM 32 over 20 steps": (build_text, (20,), "int32"),
}

# So that what a fit does once weighs as little as in keepfit's rounds, which leave it out.
LONGER = 4


def create_data(shape, dtype, rows):
    random = np.random.default_rng(1)
    x = (random.random((rows, *shape)) * (WORDS if dtype == "int32" else 1)).astype(dtype)
    y = np.eye(CLASSES, dtype="float32")[random.integers(0, CLASSES, rows)]
    return x, y


def main():
    # What libraries print must not get among the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    name, batch = sys.argv[1].split(", batch ")
    build, shape, dtype = MODELS[name]
    output = layers.Dense(CLASSES, activation="softmax")
    model = keras.Sequential([keras.Input(shape, dtype=dtype), *build(), output])
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    print(json.dumps({"ms": 0}), file=answers, flush=True)
    for line in sys.stdin:
        steps = LONGER * json.loads(line)["steps"]
        x, y = create_data(shape, dtype, steps * int(batch))
        start = time.process_time()
        model.fit(x, y, batch_size=int(batch), verbose=0)
        ms = 1000 * (time.process_time() - start) / steps
        print(json.dumps({"ms": ms}), file=answers, flush=True)


main()
