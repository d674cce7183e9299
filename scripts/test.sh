#!/usr/bin/env bash
# The whole gate in one command: installs the components that the tests run,
# then checks form, lints, features, documentation and tests.
#
# It needs cargo (https://rustup.rs), and root or sudo when something has to be
# installed. It never skips: what is missing makes it fail. Where Debian starts
# an installed server by itself, the tests leave that one alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Nobody debugs what is built here: without full debug information and
# incremental state a clean build is faster and half the size.
export CARGO_INCREMENTAL=0
export CARGO_PROFILE_DEV_DEBUG=line-tables-only

step() {
  printf '\n=== %s (after %d s)\n' "$*" "$SECONDS"
}

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The Debian packages of the components that aren't there.
missing_packages() {
  command -v prometheus >/dev/null && command -v promtool >/dev/null || echo prometheus
  command -v prometheus-pushgateway >/dev/null || echo prometheus-pushgateway
  command -v victoria-metrics >/dev/null || echo victoria-metrics
  command -v redis-server >/dev/null || echo redis-server
  # Debian keeps the server out of the PATH.
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null ||
    echo postgresql
  # Without the package of the service and its clients, which nobody needs here.
  command -v mariadbd >/dev/null || [[ -x /usr/sbin/mariadbd ]] || echo mariadb-server-core
  # Without `ensurepip`, which Debian keeps apart, an environment has no pip.
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3 python3-venv
  # SQLite is compiled from C.
  command -v cc >/dev/null || echo gcc libc6-dev
}

install_missing() {
  local packages root=()
  read -r -a packages <<<"$(missing_packages | tr '\n' ' ')"
  if ((${#packages[@]} == 0)); then
    return
  fi
  command -v apt-get >/dev/null ||
    fail "install these yourself, with their programs in the PATH (they are named as in Debian): ${packages[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "as root, run: apt-get install ${packages[*]}"
    root=(sudo)
  fi
  # Through env, since sudo drops the caller's variables.
  local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  "${apt[@]}" update
  "${apt[@]}" install -y --no-install-recommends "${packages[@]}"
}

# What comes from PyPI, in an environment of its own, where the tests look for it:
# the reference parser of OpenMetrics, the schemas of Kubernetes, and a tester of
# OpenAPI documents.
wheels=(prometheus_client==0.26.0 kubernetes-validate==1.37.0 schemathesis==4.32.5)
python=target/python/bin/python

has_wheels() {
  [[ -x $python ]] && "$python" -c '
import importlib.metadata as metadata, sys
import prometheus_client.openmetrics.parser
wheels = (wheel.split("==") for wheel in sys.argv[1:])
sys.exit(any(metadata.version(name) != version for name, version in wheels))' "${wheels[@]}" 2>/dev/null
}

install_wheels() {
  if has_wheels; then
    return
  fi
  python3 -m venv --clear target/python
  "$python" -m pip install --quiet --disable-pip-version-check "${wheels[@]}"
  has_wheels || fail "${wheels[*]} can't be used from target/python"
}

# The features of the runtime, one a line, read from its manifest so that a new
# one is picked up. jq isn't on every machine.
runtime_features() {
  cargo metadata --no-deps --format-version 1 |
    grep -o '"name":"metrics-runtime","version".*' |
    grep -o '"features":{[^}]*}' | sed -n 1p |
    grep -o '"[^"]*":\[' | tr -d '":['
}

# Everything but the benchmarks, whose peers take minutes to build and turn on
# features of what they share with us.
ours=(--workspace --exclude benchmarks)

clippy_runtime() {
  cargo clippy --package metrics-runtime --lib "$@" -- -D warnings
}

step 'components'
command -v cargo >/dev/null || fail 'install Rust from https://rustup.rs'
install_missing
install_wheels
prometheus --version 2>&1 | sed -n 1p
prometheus-pushgateway --version 2>&1 | sed -n 1p
victoria-metrics --version 2>&1 | sed -n 1p
redis-server --version 2>&1 | sed -n 1p
"$({ compgen -G '/usr/lib/postgresql/*/bin/postgres' || command -v postgres; } | sort -V | tail -1)" --version
"$(PATH=$PATH:/usr/sbin command -v mariadbd)" --version
echo "${wheels[*]}"
cargo --version

step 'format'
cargo fmt --all --check

step 'lints'
cargo clippy "${ours[@]}" --all-targets --all-features -- -D warnings

# Clippy does all that `cargo check` does.
step 'features of metrics-runtime: none'
clippy_runtime --no-default-features
features=$(runtime_features) || fail 'the features of metrics-runtime are not in its metadata'
for feature in $features; do
  step "features of metrics-runtime: $feature"
  clippy_runtime --no-default-features --features "$feature"
done
step 'features of metrics-runtime: all'
clippy_runtime --all-features

step 'documentation'
RUSTDOCFLAGS='-D warnings' cargo doc "${ours[@]}" --no-deps --all-features

step 'tests'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cargo test "${ours[@]}" --all-features --no-fail-fast 2>&1 | tee "$log"
# A crate can switch its documentation tests off; the runtime's must run.
grep -q 'Doc-tests metrics_runtime' "$log" || fail 'the documentation tests of metrics-runtime did not run'

# All features turn on that of the prometheus crate, which changes its types.
step 'the bridge without protobuf'
cargo clippy --package integration-tests --test bridge -- -D warnings
cargo test --package integration-tests --test bridge 2>&1 | tee -a "$log"

step 'done'
awk '/^test result: / { passed += $4; failed += $6 }
     END { printf "%d passed, %d failed\n", passed, failed; exit passed == 0 }' "$log"
printf 'total: %d s\n' "$SECONDS"
