#!/usr/bin/env bash
# The long runs behind an issue's figures: scripts/prove.sh ISSUE. What they
# print is kept in tests/evidence/ISSUE.txt, to be committed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  echo 'usage: scripts/prove.sh foundation' >&2
  exit 2
}

# When, where and on what the figures were taken.
header() {
  local commit
  commit=$(git rev-parse HEAD)
  if [[ -n $(git status --porcelain -- ':!tests/evidence') ]]; then
    commit+=' with uncommitted changes'
  fi
  echo "issue:  $1"
  echo "date:   $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  echo "cpu:    $(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)"
  echo "cores:  $(nproc)"
  echo "kernel: $(uname -sr)"
  echo "rustc:  $(rustc --version)"
  echo "commit: $commit"
  echo
}

foundation() {
  METRICS_PROVE=1 cargo test --release --package integration-tests --test storm -- --nocapture
}

(($# == 1)) || usage
case $1 in
  foundation) ;;
  *) usage ;;
esac

mkdir -p tests/evidence
evidence=tests/evidence/$1.txt
# Cargo's progress is no evidence; the storms print theirs to standard output
# and panic to standard error.
{
  header "$1"
  "$1" 2>&1
} | tee "$evidence.part"
# A run that failed leaves the evidence of the last good one alone.
mv "$evidence.part" "$evidence"
