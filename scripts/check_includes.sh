#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds the include rules: a folder includes only what its row in README.md allows. Exit 1 and a line for each breach.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failed=0

# forbid FOLDER PATTERN WHY: no file of FOLDER may include what PATTERN (extended regex, inside the brackets) matches.
forbid() {
  local hits
  hits=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" "$1" --include='*.h' --include='*.cpp' || true)
  if [ -n "$hits" ]; then
    printf 'include rule broken (%s):\n%s\n' "$3" "$hits"
    failed=1
  fi
}

forbid dataset '(evaluator|baselines|reports|cli|tests)/' 'dataset/ uses none of our other folders'
forbid dataset '(torch|ATen|c10|tbb|oneapi|boost/program_options|sqlite3)' 'dataset/ has no Torch, TBB, options or SQLite'
forbid evaluator '(baselines|reports|cli|tests)/' 'evaluator/ uses dataset/ only'
forbid evaluator '(torch|ATen|c10|boost/program_options|sqlite3|opencv2)' 'evaluator/ uses dataset/ and TBB'
forbid baselines '(evaluator|reports|cli|tests)/' 'baselines/ never scores'
forbid baselines '(boost/program_options|sqlite3)' 'options are parsed in cli/ only'
forbid reports '(baselines|cli|tests)/' 'reports/ uses the evaluator only'
forbid reports '(torch|ATen|c10|tbb|oneapi|opencv2|boost/program_options)' 'reports/ has no OpenCV, Torch or TBB'
forbid cli 'tests/' 'nothing uses tests/'
forbid cli '(torch|ATen|c10|tbb|oneapi|sqlite3)' 'cli/ parses, calls and prints'

# Torch and TBB stay out of headers that other folders include.
for folder in dataset evaluator reports cli; do
  hits=$(grep -nE '^#include <(torch|ATen|c10|tbb|oneapi)' "$folder"/*.h || true)
  [ -z "$hits" ] || { printf 'a header shows Torch or TBB:\n%s\n' "$hits"; failed=1; }
done

# One SPDX line a file, and #pragma once in every header.
while IFS= read -r file; do
  head -2 "$file" | grep -q 'SPDX-License-Identifier: MIT' || { echo "$file: no SPDX line"; failed=1; }
done < <(git ls-files '*.h' '*.cpp' '*.cmake' '*CMakeLists.txt' '*.sh' '*.py' 2>/dev/null)
while IFS= read -r file; do
  grep -q '^#pragma once' "$file" || { echo "$file: no #pragma once"; failed=1; }
done < <(git ls-files '*.h' 2>/dev/null)
exit $failed
