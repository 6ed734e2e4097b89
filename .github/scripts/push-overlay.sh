#!/usr/bin/env bash
# push-overlay.sh ENVIRONMENT MESSAGE: commits the overlay and pushes it to BRANCH; says in GITHUB_OUTPUT whether there
# was anything to say. Others push too: it tries again on top of theirs.
set -euo pipefail
cd "$(dirname "$0")/../.."

environment="$1"
message="$2"
overlay="manifests/overlays/$environment/kustomization.yaml"
if git diff --quiet -- "$overlay"; then
  echo "changed=false" >> "$GITHUB_OUTPUT"
  exit 0
fi
git config user.name "pitboss-deployer[bot]"
git config user.email "pitboss-deployer[bot]@users.noreply.github.com"
git commit --quiet --message "$message" -- "$overlay"
for attempt in 1 2 3; do
  if git push origin "HEAD:${BRANCH:?}"; then
    echo "changed=true" >> "$GITHUB_OUTPUT"
    exit 0
  fi
  echo "push $attempt was refused; on top of what came meanwhile" >&2
  git pull --rebase --quiet origin "$BRANCH"
done
exit 1
