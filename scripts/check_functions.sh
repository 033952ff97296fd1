#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds the porch thin: no function in cli/ above so many lines (60). check_functions.sh [FOLDER [LINES]]. Prints the
# longest; exit 1 and a line for each that is longer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-cli}
most=${2:-60}
[ -n "$(find "$folder" -name '*.cpp' -print -quit)" ] || { echo "no sources in $folder"; exit 1; }
# With clang-format's layout a definition ends with a brace in the column in which it begins, and its head ends in "{".
# Heads hold a "("; what opens a type, a namespace or a table is none.
find "$folder" -name '*.cpp' -o -name '*.h' | sort | xargs awk -v most="$most" '
  FNR == 1 { depth = 0 }
  {
    indent = match($0, /[^ ]/) - 1
    is_head = (indent == 0 || indent == 2) && /^ *[A-Za-z_~:]/ && !/^ *(namespace|struct|class|enum|union|return|if|for|while|switch|else|case|public|private|using|constexpr|const|static_assert|template|do|try|catch)([^A-Za-z_]|$)/
    if (depth == 0 && is_head && !/;$/) { head = FNR; column = indent; name = $0; depth = /{$/ ? 2 : (/\(/ ? 1 : 0) }
    else if (depth == 1) { if (/{$/) depth = 2; else if (/;$/) depth = 0 }
    if (depth == 2 && FNR > head && indent == column && /^ *}/) {
      length_of = FNR - head + 1
      if (length_of > longest) { longest = length_of; where = FILENAME ":" head }
      if (length_of > most) { printf "%s:%d: %d lines: %s\n", FILENAME, head, length_of, name; bad = 1 }
      depth = 0
    }
  }
  END { printf "longest: %d lines, %s\n", longest, where; exit bad || longest < 5 }'
