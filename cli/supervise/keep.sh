#!/bin/sh
# Keeps one program running: keep.sh NAME RUN_DIR LOG_FILE PROGRAM [ARGUMENT…]
#
#   start ──▶ running ──exit──▶ back-off 0.1 … 10 s ──▶ start       TERM: the program gets TERM, after 15 s KILL; then this ends
#
# It is started in a session of its own (setsid), so that neither Ctrl-C nor the end of `up` reaches it, and is a shell because it
# has nothing to do but wait: some 300 KB instead of a Node process. RUN_DIR/NAME.pid and NAME.keeper hold "PID STARTTIME".
# Exit status 78 of the program says that starting it again cannot help. What a person should know goes to RUN_DIR/notices.
set -u
name=$1 run=$2 log=$3
shift 3

started() { # start time of a process in clock ticks since boot; a pid alone may have been given away again
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086 -- fields after the command name, which may itself hold spaces
  set -- ${line##*) }
  shift 19
  echo "$1"
}
mark() { echo "$2 $(started "$2")" >"$1.$$" && mv "$1.$$" "$1"; }
# The live view shows what is in `notices`; it is printed by the server, so what concerns that goes to the terminal (descriptor 3) from here.
notice() {
  echo "$1" >>"$run/notices"
  [ "$name" != server ] || { echo "$(date +%T)  $1" >&3; } 2>/dev/null
}

child='' stopping='' interrupted=''
stop() {
  interrupted=1
  [ -z "$stopping" ] || return 0
  stopping=1
  [ -n "$child" ] || return 0
  kill -TERM "$child" 2>/dev/null
  { i=0; while [ $i -lt 15 ] && kill -0 "$child" 2>/dev/null; do sleep 1; i=$((i + 1)); done; kill -KILL "$child"; } >/dev/null 2>&1 &
  killer=$!
}
trap stop TERM
trap '' INT HUP
mark "$run/$name.keeper" $$

# A program left by a keeper that was killed goes on; it is waited for (by polling, there being no event for a stranger's end), then succeeded.
if { read -r pid ticks <"$run/$name.pid"; } 2>/dev/null && [ "$(started "$pid")" = "$ticks" ]; then
  child=$pid
  while [ "$(started "$pid")" = "$ticks" ]; do sleep 0.5; done
  [ -n "$stopping" ] || notice "$name ended; starting it again"
fi

attempt=0
while [ -z "$stopping" ]; do
  since=$(date +%s)
  [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -lt 10000000 ] || mv "$log" "$log.1"
  "$@" </dev/null >>"$log" 2>&1 &
  child=$!
  mark "$run/$name.pid" "$child"
  # A trapped signal ends `wait` early: wait again for the program itself.
  while interrupted=''; wait "$child"; code=$?; [ -n "$interrupted" ]; do :; done
  [ -n "$stopping" ] && break
  if [ "$code" = 78 ]; then
    notice "$name cannot run: $(tail -n 1 "$log" | cut -c 1-400)"
    break
  fi
  [ $(($(date +%s) - since)) -ge 10 ] && attempt=0
  case $attempt in 0) delay=0.1 ;; 1) delay=0.5 ;; 2) delay=1 ;; 3) delay=2 ;; 4) delay=5 ;; *) delay=10 ;; esac
  if [ "$code" -gt 128 ]; then why="by signal $((code - 128))"; else why="with status $code"; fi
  notice "$name ended $why; starting it again in $delay s (its log: $log)"
  attempt=$((attempt + 1))
  sleep $delay &
  wait $!
  [ -z "$stopping" ] || kill $! 2>/dev/null
done
[ -n "${killer:-}" ] && kill "$killer" 2>/dev/null
rm -f "$run/$name.pid" "$run/$name.keeper"
