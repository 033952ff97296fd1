#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What people and CI both run: ci.sh {format|tidy|build|test|asan|tsan|fuzz|no-torch|all}; what takes long: ci.sh
# {crash|package|long}. `crash` kills and fails every writing verb; `package` needs a network: the static program, its
# release archive built twice, the Debian packages, both CI examples.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
jobs=$(nproc)

sources() { git ls-files '*.cpp' '*.h'; }

format() {
  command -v clang-format >/dev/null || { echo "ci.sh: clang-format is not installed" >&2; return 1; }
  sources | xargs clang-format --dry-run --Werror
}
tidy() {
  command -v clang-tidy >/dev/null || { echo "ci.sh: clang-tidy is not installed" >&2; return 1; }
  cmake --preset ci >/dev/null
  cmake --build --preset ci --parallel "$jobs" --target angiobench >/dev/null  # makes the embedded files
  git ls-files 'dataset/*.cpp' 'evaluator/*.cpp' 'reports/*.cpp' 'cli/*.cpp' | grep -v kernels/ |
    xargs -P "$jobs" -n 4 clang-tidy -p build/ci --quiet --warnings-as-errors='*'
}
preset() {
  cmake --preset "$1" >/dev/null
  cmake --build --preset "$1" --parallel "$jobs"
}
build() { preset ci; }
run_tests() { preset ci && ctest --preset ci --parallel "$jobs"; }
asan() { preset asan && ASAN_OPTIONS=detect_leaks=1 ctest --preset asan --parallel "$jobs"; }
tsan() { preset tsan && ctest --preset tsan --parallel "$jobs"; }
no_torch() { preset no-torch && ctest --preset no-torch --parallel "$jobs"; }
# skippable COMMAND...: 77 is a test that was skipped and said why.
skippable() {
  local code=0
  "$@" || code=$?
  [ "$code" = 0 ] || [ "$code" = 77 ] || return "$code"
}
package() {
  preset deb
  ./scripts/release.sh --twice build/release-files
  ./tests/package/static_test.sh build/static/cli/angiobench build/deb/cli/angiobench
  skippable ./tests/package/gate_examples_test.sh build/deb/cli/angiobench build/release-files
  skippable ./tests/package/deb_test.sh build/deb
}
fuzz() { ./scripts/fuzz.sh "${FUZZ_SECONDS:-60}"; }

# Every writing verb is killed and failed 60 times of each kind (a test of the suite does 5).
crash() {
  preset ci
  tests/cli/crash_test.py build/ci/cli/angiobench build/ci/tests/cli/libfailing_calls.so --tries "${CRASH_TRIES:-60}" \
    --seed "${CRASH_SEED:-1}"
}

case "${1:-}" in
  format | tidy | build | asan | tsan | fuzz | crash | package) "$1" ;;
  test) run_tests ;;
  no-torch) no_torch ;;
  all)
    for step in format build test no-torch tidy asan tsan fuzz; do "$0" "$step"; done
    ;;
  # What takes too long for every change.
  long)
    for step in all crash package; do "$0" "$step"; done
    ;;
  *) echo "usage: ci.sh {format|tidy|build|test|asan|tsan|fuzz|no-torch|crash|package|all|long}" >&2; exit 2 ;;
esac
