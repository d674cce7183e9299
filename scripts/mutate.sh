#!/usr/bin/env bash
# Breaks the program in the ways that are named beside its tests, one at a time and
# in a copy, and fails if a test doesn't notice: scripts/mutate.sh recording for the
# loom models of the recording core, scripts/mutate.sh exposition|service [LINE...] for
# the lines of that table in tests/checklist, all or these.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  echo 'usage: scripts/mutate.sh recording | exposition|service [LINE...]' >&2
  exit 2
}

command -v perl >/dev/null || { echo 'error: perl is missing' >&2; exit 1; }

root=$PWD
cargo=${CARGO:-cargo}

recording() {
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  mkdir -p "$copy/tests" "$copy/metrics-runtime/src"
  cp -r metrics-runtime/src/encode "$copy/metrics-runtime/src/"
  cp -r tests/loom "$copy/tests/"
  cp Cargo.lock rust-toolchain.toml "$copy/"
  # The package as a workspace of its own.
  {
    printf '[workspace]\nresolver = "3"\nmembers = ["tests/loom"]\n[workspace.lints]\n'
    sed -n '/^\[workspace.package\]/,/^$/p;/^\[profile.dev.package/,/^$/p' Cargo.toml
  } >"$copy/Cargo.toml"

  seen=0
  mutation two_writers_lose_nothing_and_a_scrape_never_sees_less \
    'add forgets what the cell held' \
    's/cell\.load\(Ordering::Relaxed\)\.wrapping_add\(amount\)/0_u64.wrapping_add(amount)/'
  mutation a_histogram_is_never_torn \
    'the fence between the odd number and the cells is removed' \
    's/fence\(Ordering::Release\);//'
  mutation a_histogram_is_never_torn \
    'the sequence is not compared after reading' \
    's/if sequence\.load\(Ordering::Relaxed\) == before \{/if true {/'
  mutation a_histogram_is_never_torn \
    'the even number is stored relaxed' \
    's/sequence\.store\(before\.wrapping_add\(2\), Ordering::Release\)/sequence.store(before.wrapping_add(2), Ordering::Relaxed)/'
  mutation a_histogram_is_never_torn \
    'the fence of the reader is removed' \
    's/fence\(Ordering::Acquire\);//'
  mutation a_slab_is_handed_over_with_what_it_holds \
    'a slab is released relaxed' \
    's/self\.owned\.store\(false, Ordering::Release\)/self.owned.store(false, Ordering::Relaxed)/'
  mutation writers_of_the_shared_slab_take_turns \
    'the turn is taken relaxed' \
    's/before \+ 1, Ordering::Acquire, Ordering::Relaxed/before + 1, Ordering::Relaxed, Ordering::Relaxed/'
  mutation writers_of_the_shared_slab_take_turns \
    'the turn is taken while another writes' \
    's/let even = before\.is_multiple_of\(2\);/let even = true;/'
  mutation a_table_grows_while_it_is_read \
    'a longer table is made without the chunks of the shorter one' \
    's/let _ = new\.set\(chunk\);/let _ = (new, chunk);/'
  mutation a_chunk_of_the_shared_slab_is_made_once \
    'a chunk of the shared slab is made without the lock' \
    's/let making = self\.making\.lock\(\)\.unwrap_or_else\(PoisonError::into_inner\);\n\s*let table/let making = ();\n let table/'
  mutation what_is_in_progress_is_never_negative \
    'what is finished is stored relaxed' \
    's/wrapping_add\(1\),\n\s*Ordering::Release,/wrapping_add(1),\n Ordering::Relaxed,/'
  mutation what_is_in_progress_is_never_negative \
    'starts are read before ends' \
    's/let ends = self\.sum\(finished\);/let starts = self.sum(started); let ends = self.sum(finished);/; s/self\.sum\(started\)\.wrapping_sub\(ends\)/starts.wrapping_sub(ends)/'

  mutation rows_are_made_while_they_are_read \
    'the number of rows is stored relaxed' \
    's/self\.len\.store\(len \+ 1, Ordering::Release\)/self.len.store(len + 1, Ordering::Relaxed)/'
  mutation rows_are_made_while_they_are_read \
    'a longer generation is made without the rows of the shorter one' \
    's/generation\.rows\(\)\.for_each\(\|row\| grown\.insert\(row\)\);//'
  mutation rows_are_made_while_they_are_read \
    'who finds nothing does not look again under the lock' \
    's/if let Some\(row\) = self\.find\(labels, values\) \{\n\s*return Some\(row\);\n\s*\}//'
  mutation a_bucket_comes_up_while_it_is_read \
    'a cell with a tag is written while the sequence number is even' \
    's/let before = begin\(chunk, first\);\n    write\(chunk, first, offset, set/let before = begin(chunk, first); chunk.cell(first, 0).store(before, Ordering::Relaxed);\n    write(chunk, first, offset, set/'
  mutation two_buckets_that_race_for_a_shared_cell_get_two \
    'the cell of a tag is looked for before the turn is taken' \
    's/(let before = take_turn\(chunk, first\);)\n    (let found = find\(chunk, cells, tag\);)/$2\n    $1/'
  mutation a_generation_follows_while_buckets_come_up \
    'the number of the last generation is stored relaxed' \
    's/self\.last\.store\(used_up \+ 1, Ordering::Release\)/self.last.store(used_up + 1, Ordering::Relaxed)/'

  echo "$seen mutations, all noticed"
}

# mutation MODEL DESCRIPTION PERL: the model must fail once the core was edited.
mutation() {
  local model=$1 description=$2 edit=$3
  rm -rf "$copy/metrics-runtime/src/record"
  cp -r metrics-runtime/src/record "$copy/metrics-runtime/src/"
  perl -0pi -e "$edit" "$copy"/metrics-runtime/src/record/*.rs
  if diff -rq metrics-runtime/src/record "$copy/metrics-runtime/src/record" >/dev/null; then
    echo "error: the mutation no longer applies: $description" >&2
    exit 1
  fi
  # Changed files must look newer than what was built.
  touch "$copy"/metrics-runtime/src/record/*.rs
  local log=$copy/log
  if (cd "$copy" && CARGO_TARGET_DIR=$root/target/mutate "$cargo" test "$model") >"$log" 2>&1; then
    echo "error: $model doesn't notice: $description" >&2
    exit 1
  fi
  if ! grep -q "$model .*FAILED" "$log"; then
    echo "error: the mutation doesn't compile: $description" >&2
    cat "$log" >&2
    exit 1
  fi
  echo "noticed by $model: $description"
  seen=$((seen + 1))
}

# test_row PACKAGE TARGET TEST...: runs tests of the copy; their output is in the log.
test_row() {
  local package=$1 target=$2
  shift 2
  local options=(--package "$package")
  [[ $package != metrics-runtime ]] || options+=(--all-features)
  if [[ $target == lib ]]; then options+=(--lib); else options+=(--test "$target"); fi
  # Debug information is for people, and building again and again is what
  # incremental compilation is for.
  (cd "$copy" && CARGO_TARGET_DIR=$root/target/mutate-checklist/build CARGO_INCREMENTAL=1 \
    CARGO_PROFILE_DEV_DEBUG=0 RUST_BACKTRACE=0 \
    timeout 600 "$cargo" test "${options[@]}" -- --exact "$@") </dev/null >"$log" 2>&1
}

# The rows that are asked for, by what has to be built for them.
chosen_rows() {
  local line
  for line; do
    grep -q "^$line$(printf '\t')" "$table" || { echo "error: no line $line" >&2; return 1; }
  done
  grep -v '^#' "$table" | awk -F '\t' -v "wanted= $* " \
    'wanted == "  " || index(wanted, " " $1 " ")' | sort -s -t "$(printf '\t')" -k 2,3
}

# checklist NAME [LINE...]: the mutations of a table.
checklist() {
  table=tests/checklist/$1.tsv
  shift
  # At a place that stays the same, so that little is built on another day.
  copy=$root/target/mutate-checklist/source
  log=$root/target/mutate-checklist/log
  rm -rf "$copy"
  mkdir -p "$copy/target"
  cp -pr Cargo.toml Cargo.lock README.md clippy.toml rust-toolchain.toml "$copy/"
  cp -pr benchmarks examples metrics-macros metrics-runtime metrics-site tests "$copy/"
  # What is built of these may be that of another day's mutation, of any table.
  awk -F '\t' 'NF == 7 { print $5 }' tests/checklist/*.tsv | sort -u | (cd "$copy" && xargs touch)
  # Where scripts/test.sh puts the parser.
  ln -s "$root/target/python" "$copy/target/python"

  local rows line package target tests test file old new
  rows=$(chosen_rows "$@")
  # What fails anyhow notices nothing.
  while IFS=$'\t' read -r package target tests; do
    # Names of tests have no spaces.
    # shellcheck disable=SC2086
    if ! test_row "$package" "$target" $tests; then
      echo "error: without a mutation, not all tests of $package, $target pass" >&2
      cat "$log" >&2
      exit 1
    fi
  done < <(awk -F '\t' 'NF == 7 { tests[$2 "\t" $3] = tests[$2 "\t" $3] " " $4 }
    END { for (target in tests) print target "\t" tests[target] }' <<<"$rows")

  local noticed=0 failed=0
  while IFS=$'\t' read -r line package target test file old new; do
    if [[ $package == - ]]; then
      echo "$line doesn't apply: $target"
      continue
    fi
    if ! OLD=$old NEW=$new perl -0pi -e '$n += s/\Q$ENV{OLD}\E/$ENV{NEW}/g; END { exit 3 if $n != 1 }' \
      "$copy/$file"; then
      echo "error: $line: the mutation of $file no longer applies: $old" >&2
      exit 1
    fi
    if test_row "$package" "$target" "$test" && grep -q '^test result: ok. 1 passed' "$log"; then
      echo "NOT NOTICED $line by $test: $file: $old -> $new"
      failed=$((failed + 1))
    elif grep -q '^test result: FAILED. 0 passed; 1 failed' "$log"; then
      echo "noticed $line by $test: $file: $old -> $new"
      noticed=$((noticed + 1))
    else
      echo "NOT TRIED $line, which doesn't build or doesn't end: $file: $old -> $new"
      tail -n 40 "$log"
      failed=$((failed + 1))
    fi
    # Not with its old time, at which it was built.
    cp "$file" "$copy/$file"
  done <<<"$rows"
  echo "$noticed mutations noticed, $failed not"
  ((failed == 0))
}

(($# >= 1)) || usage
case $1 in
  recording)
    (($# == 1)) || usage
    recording
    ;;
  exposition | service) checklist "$@" ;;
  *) usage ;;
esac
