#!/bin/bash
#SBATCH --job-name=sums
#SBATCH --partition=spot
#SBATCH --signal=B:USR1@60
#SBATCH --requeue
#SBATCH --open-mode=append
# With preempt_send_user_signal in slurm.conf, SIGUSR1 comes as soon as the job is preempted. Without it, the job is
# interrupted at the end of GraceTime, as preempted.sh.
export BACKUP=runs/early-notice
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
