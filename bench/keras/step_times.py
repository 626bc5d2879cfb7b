"""Times a training step of Keras on one thread, for the models of bench/src/models/models.ts.

    pip install keras jax
    KERAS_BACKEND=jax python3 bench/keras/step_times.py

Prints the CPU time of a step in milliseconds: the median and the quartiles of the rounds. Each model trains
with `fit`, Adam and batches of 32, as the bench does in keepfit.
"""

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

BATCH = 32
ROUNDS = 9
CLASSES = 10


def build_mlp():
    return [
        keras.Input((784,)),
        layers.Dense(128, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(CLASSES, activation="softmax"),
    ]


def build_mnist():
    return [
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(CLASSES, activation="softmax"),
    ]


def build_cifar():
    return [
        keras.Input((32, 32, 3)),
        layers.Conv2D(32, 3, padding="same"),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.3),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(CLASSES, activation="softmax"),
    ]


def build_text():
    return [
        keras.Input((20,), dtype="int32"),
        layers.Embedding(1000, 32),
        layers.LSTM(32),
        layers.Dense(CLASSES, activation="softmax"),
    ]


MODELS = {
    "MLP 784-128-64-10, batch 32": (build_mlp, (784,), 300),
    "MNIST convnet 32/64/dense 128, batch 32": (build_mnist, (28, 28, 1), 40),
    "CIFAR convnet 32/32/64 with batch norm, batch 32": (build_cifar, (32, 32, 3), 12),
    "embedding 1000×32 and LSTM 32 over 20 steps, batch 32": (build_text, (20,), 200),
}


def time_model(build, shape, steps):
    """Returns the milliseconds of a step in each round, after one round to compile and warm up."""
    random = np.random.default_rng(1)
    rows = steps * BATCH
    if len(shape) == 1 and shape[0] == 20:
        x = random.integers(0, 1000, (rows, *shape), dtype="int32")
    else:
        x = random.random((rows, *shape), dtype="float32")
    y = np.eye(CLASSES, dtype="float32")[random.integers(0, CLASSES, rows)]
    model = keras.Sequential(build())
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    times = []
    for round_ in range(-1, ROUNDS):
        start = time.process_time()
        model.fit(x, y, batch_size=BATCH, verbose=0)
        if round_ >= 0:
            times.append(1000 * (time.process_time() - start) / steps)
    return times


def main():
    print(f"Keras {keras.__version__} on {keras.backend.backend()}, one thread, Python {sys.version.split()[0]}")
    for name, (build, shape, steps) in MODELS.items():
        low, median, high = np.quantile(time_model(build, shape, steps), [0.25, 0.5, 0.75])
        print(f"  {name}: {median:.2f} ms ({low:.2f} … {high:.2f}, {ROUNDS} runs)", flush=True)


main()
