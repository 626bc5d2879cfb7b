#!/bin/bash
#SBATCH --job-name=sums
#SBATCH --partition=spot
#SBATCH --requeue
#SBATCH --open-mode=append
# Slurm sends SIGTERM at the end of GraceTime, and puts the job back into the queue. `exec`: the signal reaches Node.
export BACKUP=runs/preempted
exec node train.mjs
