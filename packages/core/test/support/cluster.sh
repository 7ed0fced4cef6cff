#!/usr/bin/env bash
# Machines of a small cluster: network namespaces with addresses of their own, behind one bridge or one switch of ours.
#   cluster.sh up NAME N     make NAME1 … NAMEn with 10.77.0.1 … n behind a bridge, a millisecond apart; prints "no delay"
#                            where the kernel has no netem
#   cluster.sh plug NAME N   the same with the ports NAMEt1 … n of delay-switch.ts
#   cluster.sh cut NAME I    take the link of machine I down, behind a bridge
#   cluster.sh down NAME N
#   cluster.sh agent HOST COMMAND…   what mpirun calls in place of ssh; HOST is an address
set -eu
start() {
  ip -n "$1" addr add "10.77.0.$2/24" dev eth0
  ip -n "$1" link set lo up
  ip -n "$1" link set eth0 up
}
case "$1" in
  up)
    ip link add "$2br" type bridge
    ip link set "$2br" up
    for i in $(seq "$3"); do
      ip netns add "$2$i"
      ip link add "$2v$i" type veth peer name eth0 netns "$2$i"
      ip link set "$2v$i" master "$2br" up
      start "$2$i" "$i"
      ip netns exec "$2$i" tc qdisc add dev eth0 root netem delay 1ms 2>/dev/null || echo "no delay"
    done
    ;;
  plug)
    for i in $(seq "$3"); do
      ip netns add "$2$i"
      ip link set "$2t$i" netns "$2$i" name eth0
      start "$2$i" "$i"
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
