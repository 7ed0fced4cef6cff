#!/usr/bin/env bash
# Machines of a small cluster: network namespaces with addresses of their own behind one bridge, a millisecond apart.
#   cluster.sh up NAME N     make NAME1 … NAMEn with 10.77.0.1 … n
#   cluster.sh cut NAME I    take the link of machine I down
#   cluster.sh down NAME N
#   cluster.sh agent HOST COMMAND…   what mpirun calls in place of ssh; HOST is an address
set -eu
case "$1" in
  up)
    ip link add "$2br" type bridge
    ip link set "$2br" up
    for i in $(seq "$3"); do
      ip netns add "$2$i"
      ip link add "$2v$i" type veth peer name eth0 netns "$2$i"
      ip link set "$2v$i" master "$2br" up
      ip -n "$2$i" addr add "10.77.0.$i/24" dev eth0
      ip -n "$2$i" link set lo up
      ip -n "$2$i" link set eth0 up
      ip netns exec "$2$i" tc qdisc add dev eth0 root netem delay 1ms 2>/dev/null || echo "no delay"
    done
    ;;
  cut) ip link set "$2v$3" down ;;
  down)
    for i in $(seq "$3"); do ip netns del "$2$i" 2>/dev/null || true; ip link del "$2v$i" 2>/dev/null || true; done
    ip link del "$2br" 2>/dev/null || true
    ;;
  agent)
    host="$2"
    shift 2
    name="$ALPACARE_TEST_CLUSTER${host##*.}"
    export TMPDIR="${TMPDIR:-/tmp}/$name"
    mkdir -p "$TMPDIR"
    exec ip netns exec "$name" unshare --uts sh -c "hostname $name; $*"
    ;;
esac
