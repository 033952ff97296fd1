#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, and passes the tests. Usage: test.sh [--no-install] [ctest arguments]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

setup_arguments=(--tests)
if [ "${1:-}" = --no-install ]; then
  shift
  setup_arguments+=(--no-install)
  # The tests' own extras are skipped where they are absent; only what the build needs must be there.
  ./scripts/setup.sh --no-install
else
  ./scripts/setup.sh "${setup_arguments[@]}"
fi
jobs=$(nproc)
# People build the tree that demo.sh uses; a CI's warnings are errors.
preset=release
[ -z "${CI:-}" ] || preset=ci
cmake --preset "$preset" >build-configure.log 2>&1 || { cat build-configure.log; rm -f build-configure.log; exit 1; }
rm -f build-configure.log
cmake --build --preset "$preset" --parallel "$jobs"
ctest --preset "$preset" --parallel "$jobs" "$@"
