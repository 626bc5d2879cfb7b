"""The training in Lightning. common.py says how to call it."""

import csv
import glob
import os
import warnings

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch import nn
from torchmetrics.classification import BinaryAccuracy

from common import (
    BATCH,
    EPOCHS,
    FEATURES,
    RATE,
    SAVE_EACH,
    SEED,
    UNITS,
    Record,
    folder,
    write_results,
    x,
    y,
)

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
lightning.seed_everything(SEED, verbose=False)
record = Record()
metrics, losses = {}, {}


class Model(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(FEATURES, UNITS)
        self.dropout = nn.Dropout(RATE)
        self.out = nn.Linear(UNITS, 1)
        self.accuracy = BinaryAccuracy()

    def training_step(self, batch, index):
        inputs, labels = batch
        record.samples(inputs.numpy())
        dropped = self.dropout(torch.sigmoid(self.hidden(inputs)))
        record.dropout(dropped.detach().numpy())
        outputs = torch.sigmoid(self.out(dropped))
        loss = nn.functional.binary_cross_entropy(outputs, labels)
        self.accuracy(outputs, labels)
        self.log("loss", loss, on_step=False, on_epoch=True)
        self.log("accuracy", self.accuracy, on_step=False, on_epoch=True)
        return loss

    def on_train_epoch_end(self):
        # As self.log will report it, which is not visible to this hook yet.
        metrics[str(self.current_epoch)] = float(self.accuracy.compute())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())


def arrays_of(state):
    """The tensors and numbers of a state, in the order of their names."""
    if isinstance(state, torch.Tensor):
        return [state.detach().numpy()]
    if isinstance(state, dict):
        return [array for key in sorted(state, key=str) for array in arrays_of(state[key])]
    if isinstance(state, (list, tuple)):
        return [array for value in state for array in arrays_of(value)]
    return [] if isinstance(state, (str, type(None))) else [torch.tensor(float(state)).numpy()]


def weights():
    return [parameter.detach().numpy() for parameter in model.parameters()]


def optimizer():
    return arrays_of(trainer.optimizers[0].state_dict())


class Watch(lightning.Callback):
    def on_train_batch_start(self, trainer, module, batch, index):
        record.begin(weights(), optimizer())

    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        accuracy = module.accuracy
        record.end(accuracy.tp + accuracy.fp + accuracy.tn + accuracy.fn)


data = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
backups = os.path.join(folder, "backup")
stopping = EarlyStopping("loss", min_delta=10.0, patience=100, check_on_train_epoch_end=True)
model = Model()
trainer = lightning.Trainer(
    max_epochs=EPOCHS,
    accelerator="cpu",
    logger=CSVLogger(folder, name="log", flush_logs_every_n_steps=1),
    log_every_n_steps=1,
    enable_progress_bar=False,
    enable_model_summary=False,
    # Watch is before the checkpoint, which Lightning always calls last: the kill comes a batch after it.
    callbacks=[
        stopping,
        ModelCheckpoint(backups, every_n_train_steps=SAVE_EACH, save_top_k=1, enable_version_counter=False, filename="b"),
        Watch(),
    ],
)
found = glob.glob(os.path.join(backups, "*.ckpt"))
loader = torch.utils.data.DataLoader(data, BATCH, shuffle=True)
trainer.fit(model, loader, ckpt_path=found[0] if found else None)

rows = []
for path in sorted(glob.glob(os.path.join(folder, "log", "*", "metrics.csv"))):
    with open(path) as file:
        rows += [f"{row['epoch']},{row['accuracy']},{row['loss']}" for row in csv.DictReader(file) if row["loss"]]
write_results(
    {"lightning": lightning.__version__, "torch": torch.__version__},
    weights(),
    optimizer(),
    trainer.global_step,
    metrics,
    None,
    rows,
    {"wait": stopping.wait_count, "best": float(stopping.best_score)},
)
