#!/usr/bin/env bash
# radosgw.sh FOLDER: Ceph's S3 gateway over one monitor and one OSD in memory, on loopback, with one user.
source "$(dirname "$0")/common.sh"
folder=$state/radosgw gateway=$(free_port) monitor=$(free_port)
id=$(cat /proc/sys/kernel/random/uuid) key=PORTAL$(secret | tr a-f A-F | head -c 14) password=$(secret)
mkdir -p "$folder"/{mon,osd,run,log}
cd "$folder"
cat >ceph.conf <<CONF
[global]
fsid = $id
mon host = [v1:127.0.0.1:$monitor]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 1073741824
osd memory target = 939524096
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon osd full ratio = 0.99
mon data avail warn = 2
mon data avail crit = 1
run dir = $folder/run
admin socket = $folder/run/\$name.asok
pid file = $folder/run/\$name.pid
log file = $folder/log/\$name.log
mon data = $folder/mon
osd data = $folder/osd
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$gateway
rgw thread pool size = 32
rgw enable usage log = false
CONF
export CEPH_CONF=$folder/ceph.conf

monmaptool --create --addv a "[v1:127.0.0.1:$monitor]" --fsid "$id" mon.map >log/monmap
ceph-mon --mkfs -i a --monmap mon.map
ceph-mon -f -i a >log/mon.out 2>&1 &
started $! ceph-mon
until_answers 60 log/mon.out timeout 5 ceph -s

osd=$(cat /proc/sys/kernel/random/uuid)
ceph osd new "$osd" >log/osd.number
ceph-osd -i 0 --mkfs --osd-uuid "$osd" 2>log/osd.mkfs
ceph osd crush add osd.0 1 root=default 2>log/crush
osd_pid=
# An OSD that asks before it has the monitors' map is told "wrong fsid" and ends; on a busy machine that happens.
is_up() {
  if [ -z "$osd_pid" ] || ! kill -0 "$osd_pid" 2>/dev/null; then
    ceph-osd -f -i 0 >>log/osd.out 2>&1 &
    osd_pid=$!
    started $osd_pid ceph-osd
  fi
  timeout 5 ceph osd stat | grep -q '1 up'
}
until_answers 90 log/osd.out is_up

timeout 120 radosgw-admin user create --uid=portal --display-name=portal --access-key="$key" --secret-key="$password" \
  >log/user 2>log/user.err || { tail -n 20 log/user.err >&2; exit 1; }
radosgw -f -n client.rgw --no-mon-config >log/gateway.out 2>&1 &
started $! radosgw
until_answers 60 log/gateway.out curl -fs "http://127.0.0.1:$gateway/"
given TEST_S3_ENDPOINT "http://127.0.0.1:$gateway"
given TEST_S3_ACCESS_KEY "$key"
given TEST_S3_SECRET_KEY "$password"
