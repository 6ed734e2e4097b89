#!/usr/bin/env bash
# terraform.sh plan ENVIRONMENT STACK: plans, shows the plan in the job's summary, and keeps it beside the state.
# terraform.sh apply ENVIRONMENT STACK: applies that very plan. One that is stale is refused by terraform itself.
# GITHUB_SHA names the plan.
set -euo pipefail
cd "$(dirname "$0")/../.."

verb="$1"
environment="$2"
stack="$3"
root="terraform/environments/$environment/$stack"
bucket="$(sed -nE 's/^bucket *= *"(.*)"$/\1/p' "terraform/environments/$environment/backend.hcl")"
kept="s3://$bucket/plans/${GITHUB_SHA:?}/$stack.tfplan"
plan="${RUNNER_TEMP:-/tmp}/$stack.tfplan"

terraform -chdir="$root" init -input=false -backend-config=../backend.hcl

case "$verb" in
  plan)
    # The role that plans may not write the lock, and what it reads cannot be half written.
    terraform -chdir="$root" plan -input=false -lock=false -out="$plan"
    {
      echo "### $environment $stack"
      echo '```'
      terraform -chdir="$root" show -no-color "$plan" | tail -c 60000
      echo '```'
    } >> "${GITHUB_STEP_SUMMARY:-/dev/stdout}"
    aws s3 cp --only-show-errors "$plan" "$kept"
    ;;
  apply)
    aws s3 cp --only-show-errors "$kept" "$plan"
    terraform -chdir="$root" apply -input=false "$plan"
    ;;
  *)
    echo "plan or apply, not $verb" >&2
    exit 2
    ;;
esac
