"""Records what Keras' optimizers and schedules do, for combinations of options. Run from the repository:

    KERAS_BACKEND=tensorflow python scripts/recordings/optimizers.py > packages/optimizers/test/keras/more-optimizers.json

With JAX, ScheduleFreeAdamW computes something else: it keeps the old momentum, while it reads the new one here.
"""

import json
import warnings

import keras
import numpy as np
from keras import optimizers
from keras.optimizers import schedules

warnings.simplefilter("ignore")
STEPS = 7
NAMES = ["dense/kernel", "dense/bias", "embedding/table"]
SHAPES = [(2, 3), (3,), (4, 2)]


def numbers(array):
    return [float(str(np.float32(value))) for value in np.asarray(array).reshape(-1)]


random = np.random.default_rng(17)
INITIAL = [random.normal(size=shape).astype("float32") for shape in SHAPES]
GRADIENTS = [[random.normal(size=shape).astype("float32") for shape in SHAPES] for _ in range(STEPS)]
GRADIENTS[2][2] = np.zeros(SHAPES[2], "float32")
GRADIENTS[4][2] = None


def named_variable(value, name):
    layer, part = name.split("/")
    with keras.src.backend.name_scope(layer):
        return keras.Variable(value, name=part, trainable=True)


def record(cls, options):
    given = dict(options)
    exclude = given.pop("_exclude", None)
    rate = given.get("learning_rate")
    if isinstance(rate, list):
        given["learning_rate"] = getattr(schedules, rate[0])(**rate[1])
    optimizer = getattr(optimizers, cls)(**given)
    if exclude is not None:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    variables = [named_variable(value, name) for value, name in zip(INITIAL, NAMES)]
    assert [variable.path for variable in variables] == NAMES
    for gradients in GRADIENTS:
        optimizer.apply([None if g is None else keras.ops.convert_to_tensor(g) for g in gradients], variables)
    weights = [numbers(variable) for variable in variables]
    case = {"optimizer": cls, "options": options, "weights": weights}
    if options.get("use_ema"):
        optimizer.finalize_variable_values(variables)
        case["finalized"] = [numbers(variable) for variable in variables]
    return case


EXPONENTIAL = ["ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.6}]
COSINE = ["CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 4, "warmup_target": 0.1, "warmup_steps": 2}]
EMA = {"use_ema": True, "ema_momentum": 0.8}
COMBINATIONS = [
    {"weight_decay": 0.05, "_exclude": ["bias", "table"], "clipnorm": 0.5, **EMA},
    {"clipvalue": 0.3, "gradient_accumulation_steps": 2, "learning_rate": EXPONENTIAL},
    {"global_clipnorm": 1.0, "ema_overwrite_frequency": 2, **EMA},
    {
        "gradient_accumulation_steps": 2,
        "ema_overwrite_frequency": 2,
        "global_clipnorm": 1.0,
        "weight_decay": 0.05,
        "learning_rate": COSINE,
        **EMA,
    },
    {"gradient_accumulation_steps": 3, "clipnorm": 0.5, "weight_decay": 0.02, "learning_rate": 0.05},
]
CLASSES = "SGD RMSprop Adam AdamW Adadelta Adagrad Adamax Nadam Ftrl Lion Lamb Adafactor Muon ScheduleFreeAdamW".split()
OWN = [
    ("SGD", {"momentum": 0.7, "nesterov": True, "gradient_accumulation_steps": 2}),
    ("SGD", {"momentum": 1.0}),
    ("RMSprop", {"momentum": 0.3, "epsilon": 1e-3, "learning_rate": 0.1}),
    ("RMSprop", {"centered": True, "weight_decay": 0.1, "learning_rate": 0.1}),
    ("Adam", {"amsgrad": True, "beta_1": 0.5, "beta_2": 0.6, "epsilon": 1e-2, "learning_rate": 0.1}),
    ("AdamW", {"amsgrad": True, "learning_rate": 0.1, "_exclude": ["kernel|tab"]}),
    ("Adadelta", {"rho": 0.5, "epsilon": 1e-2, "learning_rate": 1.0}),
    ("Adagrad", {"initial_accumulator_value": 0.0, "epsilon": 1e-3, "learning_rate": 0.1}),
    ("Adamax", {"beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-3, "learning_rate": 0.1}),
    ("Nadam", {"beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-3, "learning_rate": 0.1}),
    ("Ftrl", {"learning_rate_power": -0.7, "learning_rate": 0.1}),
    ("Ftrl", {"learning_rate_power": 0.0, "learning_rate": 0.1, "l1_regularization_strength": 0.1}),
    ("Ftrl", {"learning_rate_power": -1.0, "learning_rate": 0.1, "l2_regularization_strength": 0.1}),
    ("Ftrl", {"l2_shrinkage_regularization_strength": 0.2, "learning_rate": 0.2, "initial_accumulator_value": 0.5}),
    ("Ftrl", {"beta": 0.5, "learning_rate": 0.2}),
    ("Lion", {"beta_1": 0.6, "beta_2": 0.7, "learning_rate": 0.05}),
    ("Lamb", {"beta_1": 0.6, "beta_2": 0.7, "epsilon": 1e-2, "learning_rate": 0.05}),
    ("Adafactor", {"relative_step": False, "learning_rate": 0.5}),
    ("Adafactor", {"relative_step": True, "learning_rate": 0.7, "clip_threshold": 0.5}),
    ("Adafactor", {"beta_2_decay": -0.5, "epsilon_1": 1e-3, "epsilon_2": 2.0, "learning_rate": 0.1}),
    ("Muon", {"rms_rate": None, "learning_rate": 0.05}),
    ("Muon", {"nesterov": False, "momentum": 0.8, "ns_steps": 3, "learning_rate": 0.05}),
    ("Muon", {"exclude_embeddings": False, "learning_rate": 0.05, "weight_decay": 0.1}),
    ("Muon", {"exclude_layers": ["dense"], "adam_lr_ratio": 0.3, "learning_rate": 0.05}),
    ("Muon", {"adam_beta_1": 0.5, "adam_beta_2": 0.6, "adam_weight_decay": 0.2, "epsilon": 1e-3, "learning_rate": 0.1}),
    ("Muon", {"muon_a": 2.0, "muon_b": -1.5, "muon_c": 0.5, "learning_rate": 0.1, "rms_rate": 0.5}),
    ("Muon", {"weight_decay": None, "learning_rate": 0.1}),
    ("ScheduleFreeAdamW", {"warmup_steps": 3, "learning_rate": 0.1, "beta_1": 0.6, "beta_2": 0.7, "epsilon": 1e-3}),
    ("ScheduleFreeAdamW", {"weight_decay": 0.1, "learning_rate": 0.1}),
]
SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 1.0, "decay_steps": 7, "decay_rate": 1.3}),
    ("PiecewiseConstantDecay", {"boundaries": [5], "values": [0.3, 0.1]}),
    ("PiecewiseConstantDecay", {"boundaries": [1, 2, 11], "values": [0.1, 0.2, 0.05, 0.4]}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9}),
    ("PolynomialDecay", {"initial_learning_rate": 0.01, "decay_steps": 9, "end_learning_rate": 0.2, "power": 2.0}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "cycle": True, "power": 3.0}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.3, "decay_steps": 7, "decay_rate": 2.0}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 11}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 11, "warmup_steps": 5}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 11, "warmup_target": 0.3, "alpha": 0.2}),
    ("CosineDecay", {"initial_learning_rate": 0.2, "decay_steps": 6, "warmup_target": 0.1, "warmup_steps": 7}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 1.0, "m_mul": 0.9}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 2, "t_mul": 1.5, "alpha": 0.1}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 1, "t_mul": 3.0, "m_mul": 2.0}),
]


def rates(cls, options):
    schedule = getattr(schedules, cls)(**options)
    return [float(schedule(keras.ops.convert_to_tensor(step, "int32"))) for step in range(32)]


assert keras.backend.backend() == "tensorflow"
cases = [record(cls, options) for cls in CLASSES for options in COMBINATIONS]
cases += [record(cls, options) for cls, options in OWN]
flat = [[None if g is None else numbers(g) for g in gradients] for gradients in GRADIENTS]
recording = {
    "keras": keras.__version__,
    "names": NAMES,
    "shapes": SHAPES,
    "initial": [numbers(value) for value in INITIAL],
    "gradients": flat,
    "optimizers": cases,
    "schedules": [{"schedule": cls, "options": options, "rates": rates(cls, options)} for cls, options in SCHEDULES],
}
print(json.dumps(recording, separators=(",", ":")))
