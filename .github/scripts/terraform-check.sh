#!/usr/bin/env bash
# Formats, validates and tests every module and root with the real providers. No credentials: the tests' providers are mocks.
set -euo pipefail
cd "$(dirname "$0")/../../terraform"

terraform fmt -check -diff -recursive
mkdir -p "${TF_PLUGIN_CACHE_DIR:=$HOME/.terraform.d/plugin-cache}"
export TF_PLUGIN_CACHE_DIR
for folder in bootstrap modules/*/ environments/*/*/; do
  echo "== $folder"
  terraform -chdir="$folder" init -backend=false -input=false > /dev/null
  terraform -chdir="$folder" validate
  terraform -chdir="$folder" test
done
