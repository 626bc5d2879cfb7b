#!/usr/bin/env bash
# Starts a Ceph of one machine on loopback: monitor, storage in memory, manager, and the S3 gateway. All files are below
# FOLDER, which must be new or empty; FOLDER/address gets the gateway's address. stop.sh ends it.
# Packages of Debian: radosgw ceph-mon ceph-osd ceph-mgr ceph-common
# Usage: bash scripts/proof/ceph/start.sh FOLDER [PORT]    PORT of the gateway, 0 for a free one [7480]
set -euo pipefail
folder=$(realpath -m "$1")
mkdir -p "$folder"/{mon,osd/0,mgr/x,rgw,log,out}

free_port() {
  node -e 'const server = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); })'
}
port=${2:-7480}
if [ "$port" -eq 0 ]; then port=$(free_port); fi
monitor="v2:127.0.0.1:$(free_port)"
id=$(cat /proc/sys/kernel/random/uuid)

cat >"$folder/ceph.conf" <<CONF
[global]
keyring = $folder/keyring
fsid = $id
mon host = [$monitor]
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
mon allow pool size one = true
mon pg warn min per osd = 0
mon data avail crit = 1
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 4294967296
run dir = $folder/out
pid file = $folder/out/\$name.pid
admin socket =
log file = $folder/log/\$name.log
mon data = $folder/mon/\$id
osd data = $folder/osd/\$id
ms bind ipv4 = true
public network = 127.0.0.0/8
rgw dynamic resharding = false
# Free what is deleted or replaced after seconds, not hours, because the memory is small.
rgw gc obj min wait = 5
rgw gc processor period = 5
rgw gc processor max time = 5
[mgr]
mgr data = $folder/mgr/\$id
mgr initial modules =
[client.rgw]
rgw data = $folder/rgw
# Without it, each answer with a body waits 40 ms for an acknowledgement.
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
CONF
export CEPH_CONF="$folder/ceph.conf"

start_all() {
  local all=(--cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *') who
  ceph-authtool --create-keyring "$folder/keyring" --gen-key -n mon. --cap mon 'allow *'
  for who in client.admin client.rgw osd.0 mgr.x; do
    ceph-authtool "$folder/keyring" --gen-key -n "$who" "${all[@]}"
  done
  monmaptool --create --addv a "[$monitor]" --fsid "$id" "$folder/monmap"
  ceph-mon --mkfs -i a --monmap "$folder/monmap" --keyring "$folder/keyring"
  ceph-mon -i a
  timeout 60 ceph osd create
  ceph-osd -i 0 --mkfs
  ceph-osd -i 0
  ceph-mgr -i x
  radosgw -n client.rgw
  timeout 60 radosgw-admin -n client.rgw user create --uid test --display-name test \
    --access-key AKTEST --secret-key SKTEST
  # The gateway listens only when it has created its pools.
  timeout 60 bash -c "until (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null; do sleep 0.2; done"
}

if ! (set -e; start_all) >"$folder/log/start.log" 2>&1; then
  tail -n 20 "$folder/log/start.log"
  echo 'Ceph does not start.'
  exit 1
fi
echo "http://127.0.0.1:$port" >"$folder/address"
echo "Ceph answers on http://127.0.0.1:$port."
