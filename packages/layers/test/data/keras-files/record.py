"""Records the files in this folder: weights as Keras 3.15 saves them, and what its models predict.

KERAS_BACKEND=jax python3 record.py    (needs keras, h5py and safetensors)

The layout of Keras 2 is written by hand, as docs of tf.keras 2.15 describe it: `layer_names`, `weight_names`.
"""

import gzip
import json
import os
import re

import h5py
import keras
import numpy as np
from keras import layers
from weights import load_weights, save_weights

rng = np.random.default_rng(17)


def plain():
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, activation="relu"),
            layers.BatchNormalization(),
            layers.PReLU(),
            layers.Dropout(0.5),
            layers.Dense(2, activation="softmax", name="out"),
        ]
    )


def recurrent():
    x = inputs = keras.Input((5, 4))
    x = layers.LSTM(3, return_sequences=True)(x)
    x = layers.Bidirectional(layers.GRU(2, reset_after=False, return_sequences=True))(x)
    x = layers.RNN([layers.LSTMCell(2), layers.SimpleRNNCell(2)], return_sequences=True)(x)
    x = layers.TimeDistributed(layers.Dense(2))(x)
    x = layers.GRU(2, reset_after=False, return_sequences=True)(x)
    return keras.Model(inputs, layers.SimpleRNN(2)(x))


def images():
    x = inputs = keras.Input((6, 6, 2))
    x = layers.Conv2D(3, 3, padding="same")(x)
    x = layers.DepthwiseConv2D(2)(x)
    x = layers.SeparableConv2D(4, 2)(x)
    x = layers.Conv2DTranspose(3, 2)(x)
    x = layers.LayerNormalization()(x)
    x = layers.BatchNormalization(scale=False)(x)
    x = layers.Conv2D(1, 2, name="last")(x)
    return keras.Model(inputs, layers.Flatten()(x))


def volumes():
    return keras.Sequential(
        [
            keras.Input((3, 4, 4, 1)),
            layers.ConvLSTM2D(2, 2, return_sequences=True),
            layers.Conv3D(2, 2),
            layers.Conv3DTranspose(1, 2),
        ]
    )


def text():
    return keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            layers.Embedding(7, 3),
            layers.Conv1D(2, 2, use_bias=False),
            layers.LayerNormalization(center=False),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1, use_bias=False),
        ]
    )


def nested():
    """Made in a session that made layers before, so numbers do not begin at 0. A layer is frozen."""
    for _ in range(3):
        layers.Dense(1), layers.BatchNormalization()
    inner_input = keras.Input((3,))
    x = layers.Dense(3, name="first")(inner_input)
    x = layers.BatchNormalization()(x)
    frozen = layers.Dense(3)
    frozen.trainable = False
    inner = keras.Model(inner_input, layers.Dense(3)(frozen(x)), name="inner")
    deferred = keras.Sequential([layers.Dense(3, activation="tanh"), layers.Dense(3)])
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(3)(deferred(inner(inputs))))


def reset_after():
    return keras.Sequential([keras.Input((5, 4)), layers.GRU(2, name="reader")])


def attention():
    x = inputs = keras.Input((5, 4))
    x = layers.MultiHeadAttention(2, 2, name="heads")(x, x)
    return keras.Model(inputs, layers.Dense(1)(x))


def randomize(model):
    for variable in model.weights:
        value = rng.normal(0, 0.5, variable.shape).astype("float32")
        variable.assign(np.abs(value) + 0.5 if "variance" in variable.path else value)


def keras2_name(path):
    """The name of a weight in tf.keras 2: no Sequential around it, and other names in wrappers."""
    path = re.sub(r"^sequential(_\d+)?/", "", path)
    path = re.sub(r"^(time_distributed(_\d+)?)/dense(_\d+)?/", r"\1/", path)
    path = re.sub(r"(lstm|gru|simple_rnn)_cell/", r"\1_cell_5/", path)
    path = re.sub(r"^(depthwise_conv2d(_\d+)?)/kernel$", r"\1/depthwise_kernel", path)
    return path + ":0"


def save_keras2_weights(model, path):
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.15.0"
        for layer in model.layers:
            group = file.create_group(layer.name)
            weights = layer.trainable_weights + layer.non_trainable_weights
            group.attrs["weight_names"] = [keras2_name(weight.path).encode() for weight in weights]
            for weight in weights:
                group.create_dataset(keras2_name(weight.path), data=np.asarray(weight))


def compress(path):
    with open(path, "rb") as file, open(path + ".gz", "wb") as out:
        with gzip.GzipFile(filename="", fileobj=out, mode="wb", mtime=0) as packed:
            packed.write(file.read())
    os.remove(path)


def main():
    recorded = {}
    for build in (plain, recurrent, images, volumes, text, nested, reset_after, attention):
        keras.backend.clear_session()
        name = build.__name__
        model = build()
        randomize(model)
        shape = (2, *model.input_shape[1:])
        x = rng.integers(0, 7, shape) if name == "text" else rng.normal(0, 1, shape).astype("float32")
        paths = [weight.path for weight in model.weights]
        recorded[name] = {
            "shape": shape,
            "x": x.flatten().tolist(),
            "y": np.asarray(model(x, training=False)).flatten().tolist(),
            "paths": paths,
            "sums": [float(np.asarray(weight, "float64").sum()) for weight in model.weights],
        }
        model.save_weights(f"{name}.weights.h5")
        compress(f"{name}.weights.h5")
        model.save(f"{name}.keras")
        compress(f"{name}.keras")
        if name in ("reset_after", "attention"):
            continue
        model.save(f"{name}.h5")
        compress(f"{name}.h5")
        save_keras2_weights(model, f"{name}.keras2.h5")
        compress(f"{name}.keras2.h5")
        save_weights(model, f"{name}.safetensors")
        load_weights(model, f"{name}.safetensors")
        compress(f"{name}.safetensors")
    with open("recorded.json", "w") as file:
        json.dump(recorded, file)


main()
