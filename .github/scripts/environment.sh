#!/usr/bin/env bash
# environment.sh ENVIRONMENT ROLE: what a job needs to act there, as lines for GITHUB_OUTPUT: region, role (its ARN), name,
# account, state_bucket and url. It is read from terraform/environments, the one place where it stands.
set -euo pipefail
cd "$(dirname "$0")/../.."

environment="$1"
role="$2"
file="terraform/environments/$environment/environment.yaml"
# Only its first level, which is plain.
value() { sed -nE "s/^$1: *\"?([^\"#]*[^\"# ])\"? *$/\1/p" "$file"; }

name="$(value name)"
account="$(value account)"
echo "region=$(value region)"
echo "role=arn:aws:iam::$account:role/github/$name-$role"
echo "name=$name"
echo "account=$account"
echo "state_bucket=$(value state_bucket)"
echo "url=https://$(sed -nE 's/^  hostname: *//p' "$file")"
