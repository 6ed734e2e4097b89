#!/usr/bin/env bash
# Prints the tag of the image of this commit: a hash of all that goes into it, as the Dockerfile names it. The same
# sources give the same tag, so what staging tested is what production runs, and nothing is built twice.
set -euo pipefail
cd "$(dirname "$0")/../.."

mapfile -t sources < <(sed -nE 's/^COPY ([^-].*) [^ ]+$/\1/p' Dockerfile | tr ' ' '\n')
inputs="$(git ls-tree HEAD -- Dockerfile .dockerignore "${sources[@]}")"
if [ "$(wc -l <<< "$inputs")" -lt 4 ]; then
  echo "the Dockerfile names too little: $inputs" >&2
  exit 1
fi
echo "src-$(git hash-object --stdin <<< "$inputs")"
