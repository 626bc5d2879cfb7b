#!/bin/bash
# Starts a Slurm of one machine on loopback in a new folder, for jobs of this user: munged, slurmctld and slurmd.
# Packages of Debian: slurmctld slurmd slurm-client munge. Stop it: bash scripts/proof/slurm/stop.sh FOLDER
# Usage: bash scripts/proof/slurm/start.sh FOLDER; then SLURM_CONF=FOLDER/slurm.conf sinfo
set -e
mkdir -p "$1"
D=$(realpath "$1")
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$D"/{run,state,spool,log}
chmod 755 "$D" "$D/run"
cat >"$D/slurm.conf" <<CONF
ClusterName=rig
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
# A requeued job waits for the end of its old credential: 120 s by default, at least 6 s.
AuthInfo=socket=$D/run/munge.socket,cred_expire=6
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool
SlurmctldPidFile=$D/run/slurmctld.pid
SlurmdPidFile=$D/run/slurmd.pid
SlurmctldLogFile=$D/log/slurmctld.log
SlurmdLogFile=$D/log/slurmd.log
SlurmctldPort=16817
SlurmdPort=16818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmctldParameters=preempt_send_user_signal
KillWait=10
MinJobAge=3600
ReturnToService=2
# More CPUs than the machine may have.
SlurmdParameters=config_overrides
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=spot Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=4
PartitionName=normal Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
CONF
export SLURM_CONF="$D/slurm.conf"
(umask 077 && head -c 1024 /dev/urandom >"$D/munge.key")
# --force: the folder may lie in one that only this user can enter.
munged --force --key-file="$D/munge.key" --socket="$D/run/munge.socket" --pid-file="$D/run/munged.pid" --log-file="$D/log/munged.log" --seed-file="$D/munge.seed" 2>"$D/log/munged.err" || {
  cat "$D/log/munged.err" >&2
  exit 1
}
slurmctld -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF"
timeout 20 bash -c 'until sinfo --noheader --format=%T 2>/dev/null | grep -q idle; do sleep 0.1; done'
echo "Slurm runs: SLURM_CONF=$SLURM_CONF sinfo"
