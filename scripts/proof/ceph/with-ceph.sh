#!/usr/bin/env bash
# Runs a command beside a Ceph, whose address KEEPFIT_CEPH has, and ends the Ceph. Without a command: a shell.
# Usage: bash scripts/proof/ceph/with-ceph.sh [COMMAND [ARGUMENT...]]
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
folder=$(mktemp -d)
trap 'bash "$here/stop.sh" "$folder"' EXIT
timeout 150 bash "$here/start.sh" "$folder" 0
KEEPFIT_CEPH=$(cat "$folder/address")
export KEEPFIT_CEPH
"${@:-bash}"
