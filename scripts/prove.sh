#!/usr/bin/env bash
# The long runs behind an issue's figures: scripts/prove.sh ISSUE. What they
# print is kept in tests/evidence/ISSUE.txt, to be committed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  echo 'usage: scripts/prove.sh checklist|exposition|foundation|recording|service|stores' >&2
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

# Needs what scripts/test.sh installs, 10,200 open files (`ulimit -Hn`), and 4 GiB for
# the Prometheus that holds the series of all registries.
exposition() {
  METRICS_REGISTRIES=10000 cargo test --release --package integration-tests --test exposition -- \
    --nocapture --test-threads 1
  prove load
}

# The mutations of the checklists, each with its test.
checklist() {
  scripts/mutate.sh exposition
  scripts/mutate.sh service
}

foundation() {
  METRICS_PROVE=1 cargo test --release --package integration-tests --test storm -- --nocapture
}

# The tests of one binary, as long as it is promised, one after another.
prove() {
  METRICS_PROVE=1 cargo test --release --package integration-tests --test "$1" -- \
    --nocapture --test-threads 1
}

# Beside this: scripts/bench.sh, which keeps its figures in benchmarks/RESULTS.md.
recording() {
  prove cells
  prove memory
  prove clock
  scripts/mutate.sh recording
}

# The shop and its visitors, ten thousand clients that go away, a million requests of a
# scanner, the pages of Django's profile, ten thousand probes, a million random requests
# of each kind for access, clients that go away, read slowly, send bombs or find no
# descriptors left, how long tokens take to be judged, and what a tester of the
# OpenAPI document and a million random bodies find.
service() {
  METRICS_PROVE=1 cargo test --release --package examples --test shop request -- --nocapture
  prove http
  prove scanner
  prove django
  prove health
  prove access
  METRICS_PROVE=1 cargo test --release --package integration-tests --test load -- \
    --nocapture --test-threads 1 abort bomb exhaustion slow
  METRICS_PROVE=1 cargo test --release --package metrics-runtime --lib --all-features \
    access::timing -- --nocapture --test-threads 1
  METRICS_PROVE=1 cargo test --release --package metrics-runtime --lib --all-features \
    endpoint::increment -- --nocapture --test-threads 1
  prove endpoints
}

# Loads of 100,000 operations against PostgreSQL, MariaDB, SQLite and Redis, whose counts are
# compared; servers that are killed under load; what the wrappers cost beside the bare
# clients; and a minute of the shop, by itself and with both servers, after which
# Prometheus has data of every family and for every query of the README.
stores() {
  prove sql
  prove redis
  METRICS_PROVE=1 cargo test --release --package examples --test shop -- \
    --nocapture --test-threads 1 number:: server::agrees
}

(($# == 1)) || usage
case $1 in
  checklist | exposition | foundation | recording | service | stores) ;;
  *) usage ;;
esac

# A run that fails leaves the evidence of the last good one alone. Cargo's
# progress goes to standard error, and so to the terminal only.
output=$(mktemp)
trap 'rm -f "$output"' EXIT
{
  header "$1"
  "$1"
} | tee "$output"
mkdir -p tests/evidence
cp "$output" "tests/evidence/$1.txt"
