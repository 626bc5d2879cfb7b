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


# The hidden layers of each model, the shape and type of a row, and the steps of a round.
MODELS = {
    "MLP 784-128-64-10, batch 32": (build_mlp, (784,), "float32", 300),
    "MNIST convnet 32/64/dense 128, batch 32": (build_mnist, (28, 28, 1), "float32", 40),
    "CIFAR convnet 32/32/64 with batch norm, batch 32": (build_cifar, (32, 32, 3), "float32", 12),
    "embedding 1000×32 and LSTM 32 over 20 steps, batch 32": (build_text, (20,), "int32", 200),
}


def time_model(build, shape, dtype, steps):
    """Returns the milliseconds of a step in each round, after one round to compile and warm up."""
    random = np.random.default_rng(1)
    rows = steps * BATCH
    x = (random.random((rows, *shape)) * (WORDS if dtype == "int32" else 1)).astype(dtype)
    y = np.eye(CLASSES, dtype="float32")[random.integers(0, CLASSES, rows)]
    output = layers.Dense(CLASSES, activation="softmax")
    model = keras.Sequential([keras.Input(shape, dtype=dtype), *build(), output])
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    times = []
    for _ in range(ROUNDS + 1):
        start = time.process_time()
        model.fit(x, y, batch_size=BATCH, verbose=0)
        times.append(1000 * (time.process_time() - start) / steps)
    return times[1:]


def main():
    print(f"Keras {keras.__version__} on {keras.backend.backend()}, one thread, Python {sys.version.split()[0]}")
    for name, model in MODELS.items():
        low, median, high = np.quantile(time_model(*model), [0.25, 0.5, 0.75])
        print(f"  {name}: {median:.2f} ms ({low:.2f} … {high:.2f}, {ROUNDS} runs)", flush=True)


main()
