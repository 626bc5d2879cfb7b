#!/bin/bash
#SBATCH --job-name=sums
#SBATCH --partition=normal
#SBATCH --time=1
#SBATCH --signal=B:USR1@50
#SBATCH --requeue
#SBATCH --open-mode=append
# This shell gets SIGUSR1 before the time is up. It has the program back up, and puts the job back into the queue.
export BACKUP=runs/time-limit
requeue() {
  kill -TERM "$training"
  wait "$training"
  scontrol requeue "$SLURM_JOB_ID"
  exit
}
trap requeue USR1
node train.mjs &
training=$!
wait "$training"
