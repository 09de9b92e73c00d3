#!/bin/sh
# What `wherry up` becomes once etcd and containerd run: foreground.sh RUN_DIR LOG_DIR OWN_ETCD CONFIG NODE [OPTION…] PROCESS_TS
# Keeps `server` and `agent` running and waits. Ctrl-C or TERM stops both (and our etcd); containerd and all pods stay.
# A shell and not Node, so that no third Node process stays behind; the live view is printed by the server process.
set -u
here=$(dirname "$0")
run=$1 logs=$2 own_etcd=$3 config=$4
shift 4

keep() { name=$1; shift; setsid sh "$here/keep.sh" "$name" "$run" "$logs/$name.log" "$@" & }
# The view goes to this terminal through a descriptor of its own; standard output is the log.
keep server env WHERRY_VIEW_FD=3 "$@" server "--config=$config" 3>&1
server=$!
keep agent "$@" agent "--config=$config"
agent=$!

stop() {
  trap '' INT TERM HUP
  echo
  echo "stopping the Wherry processes; containerd and the pods keep running (start again to go on, 'npm run down' to remove all)"
  kill -TERM "$server" "$agent" 2>/dev/null
  wait "$server" "$agent"
  if [ "$own_etcd" = 1 ] && { read -r etcd _ <"$run/etcd.keeper"; } 2>/dev/null; then
    kill -TERM "$etcd" 2>/dev/null
    while kill -0 "$etcd" 2>/dev/null; do sleep 0.05; done
  fi
  rm -f "$run/up.pid"
  exit 0
}
trap stop INT TERM HUP
wait "$server"
# Only a program that cannot run ends its keeper by itself.
tail -n 1 "$run/notices" >&2
stop
