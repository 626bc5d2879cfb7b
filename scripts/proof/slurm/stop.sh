#!/bin/bash
# Ends the jobs and the daemons of a Slurm that start.sh has started, and removes its folder.
# Usage: bash scripts/proof/slurm/stop.sh FOLDER
D=$1
[ -d "$D/run" ] || exit 0
export SLURM_CONF="$D/slurm.conf"

# Zombies, which nobody waited for, have ended too.
has_ended() { ! grep -qs '^State:[[:space:]]*[^Z[:space:]]' "/proc/$1/status"; }

if timeout 5 scancel --user="$(id -un)" 2>/dev/null; then
  for _ in {1..150}; do
    [ -z "$(timeout 5 squeue --noheader --states=running,completing)" ] && break
    sleep 0.1
  done
fi
for daemon in slurmd slurmctld munged; do
  pid=$(cat "$D/run/$daemon.pid" 2>/dev/null) || continue
  kill "$pid" 2>/dev/null
  for _ in {1..100}; do
    has_ended "$pid" && break
    sleep 0.1
  done
  has_ended "$pid" || kill -KILL "$pid"
done
rm -rf "$D"
