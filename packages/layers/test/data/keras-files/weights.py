import numpy as np
from safetensors.numpy import load_file, save_file


def save_weights(model, path):
    tensors = {weight.path: np.asarray(weight) for weight in model.weights}
    assert len(tensors) == len(model.weights), "give the layers different names"
    save_file(tensors, path)


def load_weights(model, path):
    tensors = load_file(path)
    assert tensors.keys() == {weight.path for weight in model.weights}, sorted(tensors)
    for weight in model.weights:
        weight.assign(tensors[weight.path])
