#!/usr/bin/env bash
# Breaks the recording core in the ways that are named beside the loom models,
# one at a time and in a copy, and fails if a model doesn't notice.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v perl >/dev/null || { echo 'error: perl is missing' >&2; exit 1; }

root=$PWD
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
  if (cd "$copy" && CARGO_TARGET_DIR=$root/target/mutate cargo test "$model") >"$log" 2>&1; then
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

echo "$seen mutations, all noticed"
