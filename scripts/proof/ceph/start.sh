#!/bin/bash
# Starts a Ceph of one machine on loopback: monitor, storage in memory, manager, and the S3 gateway on port 7480, in a new folder.
# Packages of Debian: radosgw ceph-mon ceph-osd ceph-mgr ceph-common. Stop it: kill $(cat FOLDER/out/*.pid)
# Usage: bash scripts/proof/ceph/start.sh FOLDER
set -e
D=$1
mkdir -p $D/{mon,osd,log,out}
FSID=$(cat /proc/sys/kernel/random/uuid)
cat > $D/ceph.conf <<CONF
[global]
keyring = $D/keyring
fsid = $FSID
mon host = [v2:127.0.0.1:3300,v1:127.0.0.1:6789]
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
run dir = $D/out
pid file = $D/out/\$name.pid
admin socket = $D/out/\$name.asok
log file = $D/log/\$name.log
mon data = $D/mon/\$id
osd data = $D/osd/\$id
ms bind ipv4 = true
public network = 127.0.0.0/8
rgw dynamic resharding = false
[mgr]
mgr data = $D/mgr/\$id
mgr initial modules =
[client.rgw]
keyring = $D/keyring
rgw data = $D/rgw
rgw frontends = beast endpoint=127.0.0.1:7480
CONF
export CEPH_CONF=$D/ceph.conf
ceph-authtool --create-keyring $D/keyring --gen-key -n mon. --cap mon 'allow *' >/dev/null
for who in client.admin client.rgw osd.0 mgr.x; do ceph-authtool $D/keyring --gen-key -n $who --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' >/dev/null; done
mkdir -p $D/mgr/x $D/rgw
monmaptool --create --addv a '[v2:127.0.0.1:3300,v1:127.0.0.1:6789]' --fsid $FSID --clobber $D/monmap >/dev/null
ceph-mon -c $CEPH_CONF --mkfs -i a --monmap $D/monmap --keyring $D/keyring
ceph-mon -c $CEPH_CONF -i a
mkdir -p $D/osd/0
ID=$(timeout 60 ceph -c $CEPH_CONF osd create)
ceph-osd -c $CEPH_CONF -i 0 --mkfs
ceph-osd -c $CEPH_CONF -i 0
ceph-mgr -c $CEPH_CONF -i x
radosgw -c $CEPH_CONF -n client.rgw
radosgw-admin -c $CEPH_CONF -n client.rgw user create --uid test --display-name test --access-key AKTEST --secret-key SKTEST >/dev/null
echo "Ceph answers on http://127.0.0.1:7480 (storage $ID)"
