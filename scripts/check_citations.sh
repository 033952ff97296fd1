#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Comments that cite a file cite one that exists: every *.md, *.h and *.sh that a comment of our sources names must be a
# tracked file, or the end of a tracked file's path ("scoring.md" is docs/scoring.md). Exit 1 and a line for each that is not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tracked=$(git ls-files --cached --others --exclude-standard)
failed=0
# Comments of C++ (// and what follows), of scripts and CMake (#), and the links of our pages for developers.
cited=$(
  {
    git ls-files '*.h' '*.cpp' | xargs grep -noE '//.*' || true
    git ls-files '*.sh' '*.py' '*.cmake' '*CMakeLists.txt' | xargs grep -nE '^[[:space:]]*#' | grep -vE ':#include ' || true
    git ls-files '*.md' | xargs grep -noE '\]\([^)#:]+(#[^)]*)?\)' || true
  } | grep -oE '^[^:]+:[0-9]+:|[A-Za-z0-9_./-]*[A-Za-z0-9_]\.(md|h|sh)\b' | awk '/:[0-9]+:$/ {where = $0; next} {print where, $0}' | sort -u
)
while read -r where name; do
  [ -n "$name" ] || continue
  path=${name#./}
  while [[ $path == ../* ]]; do path=${path#../}; done
  # Headers of others are cited by their own names.
  case $path in opencv2/*|torch/*|boost/*|*'*'*) continue ;; esac
  grep -qE "(^|/)$(printf '%s' "$path" | sed 's/[.]/[.]/g')\$" <<<"$tracked" && continue
  echo "$where names $name, which is no file of this repository"
  failed=1
done <<<"$cited"
exit $failed
