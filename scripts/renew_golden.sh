#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Writes the golden texts of tests/golden anew from what the writers give now, and shows what changed: read it before it is
# committed. Usage: renew_golden.sh [BUILD_FOLDER (build/ci)]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build/ci}
programs=(gate_report_tests board_tests published_tests report_html_tests table_tests)
cmake --build "$build" --target "${programs[@]}"
for program in "${programs[@]}"; do
  path=$(find "$build/tests" -type f -name "$program" -perm -u+x | head -1)
  # The tests themselves write the files; other failures are told by ctest, not here.
  ANGIOBENCH_RENEW_GOLDEN=1 "$path" --gtest_brief=1 || true
done
git --no-pager diff --stat -- tests/golden
