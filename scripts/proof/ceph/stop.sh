#!/usr/bin/env bash
# Ends the Ceph that start.sh has started in FOLDER, also half a one, and removes the folder.
# Usage: bash scripts/proof/ceph/stop.sh FOLDER
set -uo pipefail
for file in "$1"/out/*.pid; do
  [ -s "$file" ] || continue
  read -r pid <"$file"
  # A kill is no loss, because everything is in memory. The number may be another program's by now.
  grep -qs "$1" "/proc/$pid/environ" || continue
  kill -9 "$pid"
  for _ in {1..100}; do grep -qs . "/proc/$pid/cmdline" || break; sleep 0.1; done
done
rm -rf "$1"
