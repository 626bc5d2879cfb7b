#!/bin/bash
#SBATCH --job-name=sums
#SBATCH --partition=spot
#SBATCH --array=1-3
#SBATCH --requeue
#SBATCH --open-mode=append
# Each task is a training with its own seed and its own backup. Slurm interrupts and requeues each task by itself.
export BACKUP=runs/array-$SLURM_ARRAY_TASK_ID
export SEED=$SLURM_ARRAY_TASK_ID
exec node train.mjs
