"""Records in which order Keras gives log keys: hooks, history, results, CSV columns and progress lines.

    KERAS_BACKEND=jax python scripts/recordings/log-order.py > packages/fit/test/keras/log-order.json

The model has two outputs and metrics whose names sort before and after `loss` and `val_`.
"""

import contextlib
import io
import json
import math
import re
import tempfile

import keras
import numpy as np

HOOKS = ["train_batch_end", "test_batch_end", "test_end", "epoch_end", "train_end"]


class Keys(keras.callbacks.Callback):
    """Notes the keys of the logs that each hook gets."""

    def __init__(self, seen):
        super().__init__()
        self.seen = seen


def note(hook):
    name = "on" + "".join(part.capitalize() for part in hook.split("_"))

    def method(self, *args, logs=None):
        keys = list(logs if logs is not None else args[-1])
        self.seen.setdefault(name, []).append(keys)

    return method


for hook in HOOKS:
    setattr(Keys, f"on_{hook}", note(hook))


def rows(count, start=0):
    index = range(start, start + count)
    x = np.array([[math.sin(1 + 2 * i + j) for j in range(2)] for i in index], "float32")
    y = np.array([[math.cos(i)] for i in index], "float32")
    return x, {"zebra": y, "apple": y}


def build():
    inputs = keras.Input((2,))
    outputs = {name: keras.layers.Dense(1, name=name)(inputs) for name in ("zebra", "apple")}
    model = keras.Model(inputs, outputs)
    for name, bias in (("zebra", 0.1), ("apple", -0.1)):
        model.get_layer(name).set_weights([np.array([[0.5], [-0.25]], "float32"), np.array([bias], "float32")])
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss={"zebra": "mse", "apple": "mae"},
        metrics={"zebra": ["mae", "cosine_similarity"], "apple": ["mse"]},
    )
    return model


def shown(text):
    """The keys of the last line of a progress display."""
    return re.findall(r" - (\w+): ", text.strip().split("\r")[-1].split("\n")[-1])


x, y = rows(6)
validation = rows(4, 100)
seen = {}
record = {"keras": keras.__version__, "validationFreq": 2, "epochs": 2}
with tempfile.NamedTemporaryFile("r") as file:
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate)
    history = build().fit(
        x, y, batch_size=2, epochs=2, shuffle=False, verbose=0, validation_data=validation, validation_freq=2,
        callbacks=[schedule, Keys(seen), keras.callbacks.CSVLogger(file.name)],
    )
    record["hooks"] = seen
    record["history"] = list(history.history)
    record["csv"] = file.readline().strip()
record["evaluate"] = list(build().evaluate(x, y, return_dict=True, verbose=0))
record["trainOnBatch"] = list(build().train_on_batch(x, y, return_dict=True))
record["testOnBatch"] = list(build().test_on_batch(x, y, return_dict=True))
record["progress"] = {}
for verbose in (1, 2):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        build().fit(x, y, batch_size=2, verbose=verbose, validation_data=validation, callbacks=[schedule])
    record["progress"][verbose] = shown(re.sub(r"\x1b\[\d+m|\x08", "", output.getvalue()))
print(json.dumps(record))
