#!/usr/bin/env bash
# This toolkit beside the limit and its peers, in instructions (callgrind) and
# nanoseconds: scripts/bench.sh [hot|request|exposition|scrape|compile|all] [--quick].
# Prints the tables and writes them to benchmarks/RESULTS.md, to be committed.
# Parts that aren't asked for stay there as they were last measured. A quick run
# is a look: it prints only. The whole takes some 20 minutes on two cores, which
# should have nothing else to do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  echo 'usage: scripts/bench.sh [hot|request|exposition|scrape|compile|all] [--quick]' >&2
  exit 2
}

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

part=all
quick=
part_given=
for argument; do
  case $argument in
    hot | request | exposition | scrape | compile | all)
      [[ -z $part_given ]] || { echo "error: two parts: $part and $argument" >&2; usage; }
      part=$argument part_given=1
      ;;
    --quick) quick=1 ;;
    -h | --help) usage ;;
    *)
      echo "error: unknown argument: $argument" >&2
      usage
      ;;
  esac
done

command -v cargo >/dev/null || fail 'install Rust from https://rustup.rs'
if [[ $part != compile && $part != scrape ]]; then
  command -v valgrind >/dev/null || fail 'callgrind is missing; on Debian: apt-get install valgrind'
fi

target=$(cargo metadata --no-deps --format-version 1 | grep -o '"target_directory":"[^"]*"' | cut -d'"' -f4)
bin=$target/bench-peers
# What was measured stays there, one folder for each part.
data=$target/bench-results
[[ -z $quick ]] || data+=-quick

step() {
  printf '=== %s (after %d s)\n' "$*" "$SECONDS" >&2
}

commit() {
  local commit
  commit=$(git rev-parse --short=12 HEAD)
  if [[ -n $(git status --porcelain -- ':!benchmarks/RESULTS.md') ]]; then
    commit+=' with uncommitted changes'
  fi
  echo "$commit"
}

# A part's folder, empty.
begin() {
  rm -rf "${data:?}/$1"
  mkdir -p "$data/$1"
}

# Only a part that is complete has a stamp.
finish() {
  echo "Measured on $(date -u +%Y-%m-%d), commit $(commit)." >"$data/$1/stamp"
}

# Instructions inside `cg_region` of a program: callgrind PROGRAM ARGUMENT…
# What the program prints goes to the file named by $out.
callgrind() {
  local log
  log=$(mktemp)
  valgrind --tool=callgrind --collect-atstart=no --toggle-collect='*cg_region*' \
    --callgrind-out-file=/dev/null "$@" >"${out:-/dev/null}" 2>"$log" ||
    { cat "$log" >&2; rm -f "$log"; return 1; }
  sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$log"
  rm -f "$log"
}

# hot_instr CASE, of the program named by $hot if it is another one.
hot_instr() {
  local count
  count=$(callgrind "$bin/${hot:-hot}" instr "$1") || return 1
  awk -v id="$1" -v count="$count" 'BEGIN { printf "%s\t%.2f\n", id, count / 100000 }'
}

exposition_instr() {
  local count out
  out=$(mktemp)
  export out
  count=$(callgrind "$bin/exposition" instr "$1" "$2") || return 1
  printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$count" "$(cat "$out")"
  rm -f "$out"
}

# Counts don't depend on what else runs, so all cores count.
parallel() {
  xargs -d '\n' -P "$(nproc)" -I{} bash -c "set -euo pipefail; $1 {}"
}

hot() {
  local rounds=51 passes=3 pass threads
  [[ -z $quick ]] || rounds=31 passes=1
  begin hot
  "$bin/hot" list >"$data/hot/cases.tsv"
  threads=$("$bin/hot" threads)
  # In turn, since they are compared: the machine changes its pace within minutes.
  for ((pass = 1; pass <= passes; pass++)); do
    step "recording: nanoseconds, pass $pass of $passes"
    "$bin/hot" time "$rounds" >>"$data/hot/time.tsv"
    "$bin/hot-exemplars" time "$rounds" >>"$data/hot/time-exemplars.tsv"
    METRICS_ENABLED=false "$bin/hot" time "$rounds" >>"$data/hot/time-disabled.tsv"
    step "recording: nanoseconds, $threads threads, pass $pass of $passes"
    "$bin/hot" time "$rounds" "$threads" >>"$data/hot/time-all.tsv"
  done
  step 'recording: instructions'
  cut -f1 "$data/hot/cases.tsv" | sed "s/.*/'&'/" | parallel hot_instr >"$data/hot/instr.tsv"
  step 'recording: instructions, disabled'
  METRICS_ENABLED=false "$bin/hot" list | cut -f1 | sed "s/.*/'&'/" |
    METRICS_ENABLED=false parallel hot_instr >"$data/hot/instr-disabled.tsv"
  step 'recording: instructions, with exemplars'
  "$bin/hot-exemplars" list | cut -f1 | sed "s/.*/'&'/" |
    hot=hot-exemplars parallel hot_instr >"$data/hot/instr-exemplars.tsv"
  finish hot
}

request_instr() {
  local count
  count=$(callgrind "$bin/request" instr "$1") || return 1
  awk -v id="$1" -v count="$count" 'BEGIN { printf "%s\t%.0f\n", id, count / 10000 }'
}

request() {
  begin request
  step 'requests: nanoseconds'
  "$bin/request" time >"$data/request/time.tsv"
  step 'requests: instructions'
  "$bin/request" list | sed "s/.*/'&'/" | parallel request_instr >"$data/request/instr.tsv"
  finish request
}

exposition() {
  local passes=3 encoders shapes shape encoder pass
  begin exposition
  mapfile -t encoders < <("$bin/exposition" list | sed -n 's/^encoder\t//p')
  mapfile -t shapes < <("$bin/exposition" list | sed -n 's/^shape\t//p')
  [[ -z $quick ]] || passes=1
  for ((pass = 1; pass <= passes; pass++)); do
    step "pages: pass $pass of $passes"
    for shape in "${shapes[@]}"; do
      for encoder in "${encoders[@]}"; do
        "$bin/exposition" time "$encoder" "$shape" >>"$data/exposition/time.tsv"
      done
    done
  done
  step 'pages: instructions'
  for shape in counters-10000 histograms-1000; do
    for encoder in "${encoders[@]}"; do
      echo "$encoder $shape"
    done
  done | parallel exposition_instr >"$data/exposition/instr.tsv"
  finish exposition
}

scrape() {
  local passes=3 answers shapes shape answer pass
  begin scrape
  mapfile -t answers < <("$bin/scrape" list | sed -n 's/^answer\t//p')
  mapfile -t shapes < <("$bin/scrape" list | sed -n 's/^shape\t//p')
  [[ -z $quick ]] || passes=1
  for ((pass = 1; pass <= passes; pass++)); do
    step "answers: pass $pass of $passes"
    for shape in "${shapes[@]}"; do
      for answer in "${answers[@]}"; do
        "$bin/scrape" time "$answer" "$shape" >>"$data/scrape/time.tsv"
      done
    done
  done
  finish scrape
}

compile() {
  local rounds=5
  [[ -z $quick ]] || rounds=1
  begin compile
  step 'compiling 200 functions'
  benchmarks/compile/measure.sh "$rounds" >"$data/compile/compile.tsv"
  finish compile
}

results() {
  local peers
  peers=$(cargo tree --quiet --package benchmarks --depth 1 --prefix none --edges normal |
    sed '1d; s/ (.*//; s/ v/ /; /^\(axum\|bytes\|flate2\|http\|http-body-util\|itoa\|metrics-runtime\|rustix\|serde\|tokio\|tower\|zmij\) /d' | sort -u | tr '\n' ',' | sed 's/,$//; s/,/, /g')
  cat <<HEAD
# Results

What \`scripts/bench.sh\` printed. How it is measured, and what the figures can't
say, is in [README.md](README.md).

- machine: $(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo), $(nproc) cores, clock source $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource 2>/dev/null || echo unknown)
- kernel: $(uname -sr)
- compiler: $(rustc --version); profile \`bench-peers\` (thin LTO, one unit), no target-cpu
- $(valgrind --version 2>/dev/null || echo 'valgrind: none')
- crates: $peers, tracing $(cargo tree --quiet --workspace --prefix none --invert tracing --depth 0 | sed -n '1s/.* v//p')

## Left out

- \`measured\` 0.1.0: it declares a newer compiler than this workspace; 0.0.25 stands for it.
- open labels of \`metriken\`: its families give out members, but have no lookup by label.
- the page of \`metriken\`: it has no text format.
- the page of \`foundations\`: its families are declared in the source, so that there is no registry of a given shape; it writes them by \`prometheus-client\`.
- the page of \`autometrics\`: it is that of \`prometheus\`. Its attribute times and counts at once, so that it stands in those rows alone.
- closed labels of \`prometheus\`, \`metrics\`, \`opentelemetry\` and \`autometrics\`: they have none. With two and three labels only \`measured\` has them without a hash.
- protobuf of \`prometheus-client\` and \`metrics-exporter-prometheus\`: they need protoc to be built. Of \`prometheus\`: its feature makes its types others, for all who share it.
- other backends of \`autometrics\`: one can be compiled in at a time; \`prometheus\` is its fastest.

HEAD
  "$bin/table" "$data"
}

export bin
export -f callgrind hot_instr request_instr exposition_instr
step 'building'
if [[ $part == hot || $part == all ]]; then
  # The same program, with a runtime that knows of exemplars.
  cargo build --quiet --profile bench-peers --package benchmarks --bin hot --features exemplars
  cp "$bin/hot" "$bin/hot-exemplars"
fi
cargo build --quiet --profile bench-peers --package benchmarks
case $part in
  all)
    hot
    request
    exposition
    scrape
    compile
    ;;
  *) "$part" ;;
esac
step 'done'
if [[ -n $quick ]]; then
  results
else
  # A run that fails leaves the last good table alone.
  results >"$data/RESULTS.md"
  cp "$data/RESULTS.md" benchmarks/RESULTS.md
  cat benchmarks/RESULTS.md
fi
