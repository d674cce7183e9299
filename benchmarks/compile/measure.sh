#!/usr/bin/env bash
# What an annotated function costs the compiler and the binary:
# measure.sh ROUNDS. Makes crates of 200 trivial functions outside the
# repository and prints, for each kind and mode, the processor seconds of a build
# (least, median), of a check (least, median), and bytes of the stripped binary
# for each function.
set -euo pipefail
rounds=${1:?how many rounds}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
functions=200
kinds=(bare ours tracing autometrics)
modes=(sync async)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=0
unset RUSTFLAGS

# The attribute of a kind, and the line that brings it into scope.
attribute() {
  case $1 in
    bare) ;;
    ours) echo '#[metrics_runtime::timed]' ;;
    tracing) echo '#[tracing::instrument(skip_all)]' ;;
    autometrics) echo '#[autometrics::autometrics]' ;;
  esac
}

dependency() {
  case $1 in
    bare) ;;
    ours) printf 'metrics-runtime = { path = "%s/metrics-runtime" }\n' "$root" ;;
    tracing) echo 'tracing = "0.1"' ;;
    # As the benchmark of its calls has it.
    autometrics) sed -n '/^autometrics = /p' "$root/benchmarks/Cargo.toml" ;;
  esac
}

# source KIND MODE FUNCTIONS
source_of() {
  local kind=$1 mode=$2 count=$3 name index
  cat <<'HEAD'
use std::hint::black_box;

#[derive(Debug)]
pub struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("failed")
    }
}
HEAD
  if [[ $mode == async ]]; then
    cat <<'POLL'

fn call<F: Future<Output = Result<u64, Failed>>>(future: F) -> u64 {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(Ok(value)) => value,
        _ => 0,
    }
}
POLL
  else
    cat <<'CALL'

fn call(result: Result<u64, Failed>) -> u64 {
    result.unwrap_or(0)
}
CALL
  fi
  for ((index = 0; index < count; index++)); do
    printf -v name 'f%03d' "$index"
    echo
    attribute "$kind"
    echo '#[inline(never)]'
    [[ $mode == sync ]] || printf 'async '
    printf 'fn %s(x: u64) -> Result<u64, Failed> {\n' "$name"
    printf '    if x == %d { Err(Failed) } else { Ok(x.wrapping_mul(%d)) }\n}\n' \
      "$((index + 1000))" "$((2 * index + 3))"
  done
  echo
  echo 'fn main() {'
  echo '    let mut sum = black_box(7_u64);'
  for ((index = 0; index < count; index++)); do
    printf '    sum ^= call(f%03d(black_box(sum)));\n' "$index"
  done
  echo '    println!("{sum}");'
  echo '}'
}

make_crates() {
  local kind mode count name
  cp "$root/rust-toolchain.toml" "$work"
  # The versions of the peers that the rest of the benchmark has.
  cp "$root/Cargo.lock" "$work"
  cat >"$work/Cargo.toml" <<'MANIFEST'
[workspace]
resolver = "3"
members = ["crate-*"]

[profile.release]
lto = "thin"
codegen-units = 1
strip = true
MANIFEST
  for kind in "${kinds[@]}"; do
    for mode in "${modes[@]}"; do
      for count in 1 "$functions"; do
        name=crate-$kind-$mode-$count
        mkdir -p "$work/$name/src"
        source_of "$kind" "$mode" "$count" >"$work/$name/src/main.rs"
        {
          printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2024"\n\n[dependencies]\n' "$name"
          dependency "$kind"
        } >"$work/$name/Cargo.toml"
      done
    done
  done
}

# Processor seconds of cargo and the compiler for this one crate.
seconds() {
  local what=$1 name=$2 TIMEFORMAT='%U %S'
  touch "$work/$name/src/main.rs"
  { time cargo "$what" --quiet --package "$name" >/dev/null 2>"$work/error"; } 2>"$work/time" ||
    { cat "$work/error" >&2; exit 1; }
  awk '{ printf "%.3f\n", $1 + $2 }' "$work/time"
}

# The least and the median of the numbers on standard input.
least_and_median() {
  sort -n | awk '{ value[NR] = $1 } END { printf "%s\t%s", value[1], value[int((NR + 1) / 2)] }'
}

make_crates
cd "$work"
echo 'building what the crates depend on' >&2
for kind in "${kinds[@]}"; do
  for mode in "${modes[@]}"; do
    cargo build --quiet --package "crate-$kind-$mode-$functions"
    cargo check --quiet --package "crate-$kind-$mode-$functions"
  done
done
for ((round = 1; round <= rounds; round++)); do
  echo "round $round of $rounds" >&2
  for kind in "${kinds[@]}"; do
    for mode in "${modes[@]}"; do
      for what in build check; do
        seconds "$what" "crate-$kind-$mode-$functions" >>"$work/$what-$kind-$mode"
      done
    done
  done
done
echo 'building the release binaries' >&2
for kind in "${kinds[@]}"; do
  for mode in "${modes[@]}"; do
    cargo build --quiet --release --package "crate-$kind-$mode-1" --package "crate-$kind-$mode-$functions"
    few=$(stat -c %s "$CARGO_TARGET_DIR/release/crate-$kind-$mode-1")
    many=$(stat -c %s "$CARGO_TARGET_DIR/release/crate-$kind-$mode-$functions")
    printf '%s\t%s\t%s\t%s\t%s\n' "$kind" "$mode" \
      "$(least_and_median <"$work/build-$kind-$mode")" \
      "$(least_and_median <"$work/check-$kind-$mode")" \
      "$(awk -v few="$few" -v many="$many" -v n="$functions" 'BEGIN { printf "%.1f", (many - few) / (n - 1) }')"
  done
done
