"""What the Python programs share: the data, the sizes, and the record that each writes.

A program is called with a folder and the word "kill" or "finish". It trains there, continues if the folder has
a backup, appends a line of JSON for each batch to records.jsonl, and ends with a line of results. With "kill" it
ends itself by SIGKILL after KILL_AFTER batches.
"""

import hashlib
import json
import os
import signal
import sys

import numpy as np

SAMPLES, FEATURES, BATCH, EPOCHS, UNITS, RATE, SEED = 40, 4, 8, 4, 16, 0.5, 7
SAVE_EACH, KILL_AFTER = 3, 14

folder, action = sys.argv[1], sys.argv[2]

x = np.array(
    [[row / SAMPLES] + [np.sin(row * 7 + column * 3) for column in range(1, FEATURES)] for row in range(SAMPLES)],
    "float32",
)
y = (x[:, 1] + x[:, 2] > 0).astype("float32").reshape(-1, 1)


def digest(arrays):
    hashed = hashlib.sha256()
    for array in arrays:
        hashed.update(np.ascontiguousarray(array).tobytes())
    return hashed.hexdigest()[:16]


class Record:
    """One line for each batch: the state before it, its samples, its dropout, the metric after it."""

    def __init__(self):
        self.steps = 0
        self.line = {}

    def begin(self, weights, optimizer):
        self.line = {"weights": digest(weights), "optimizer": digest(optimizer)}

    def samples(self, batch):
        self.line["order"] = [round(float(value) * SAMPLES) for value in batch[:, 0]]

    def dropout(self, outputs):
        self.line["dropout"] = digest([outputs != 0])

    def end(self, seen):
        """`seen`: how many samples the running metric has counted."""
        write({**self.line, "seen": int(seen)})
        self.steps += 1
        if action == "kill" and self.steps == KILL_AFTER:
            os.kill(os.getpid(), signal.SIGKILL)


def write(line):
    with open(os.path.join(folder, "records.jsonl"), "a") as file:
        file.write(json.dumps(line) + "\n")


def write_results(versions, weights, optimizer, trained, metrics, history, file, stopping):
    write(
        {
            "versions": versions,
            "weights": digest(weights),
            "optimizer": digest(optimizer),
            "trained": int(trained),
            "metrics": metrics,
            "history": history,
            "file": file,
            "callback": stopping,
        }
    )
