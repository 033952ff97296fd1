#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs a build into an empty folder, runs the installed program, and builds another project against it with
# find_package(angiobench). Usage: install_test.sh BUILD_DIRECTORY
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/installed" >"$work/log" || { cat "$work/log"; exit 1; }
"$work/installed/bin/angiobench" version >/dev/null
"$work/installed/bin/angiobench" synth --help >/dev/null  # finds its module in lib/angiobench
for file in man/man1/angiobench.1 man/man1/angiobench-score.1 man/man1/angiobench-leaderboard.1 \
  bash-completion/completions/angiobench zsh/site-functions/_angiobench fish/vendor_completions.d/angiobench.fish; do
  [ -s "$work/installed/share/$file" ] || { echo "not installed: share/$file"; exit 1; }
done
grep -q 'ground\\-truth' "$work/installed/share/man/man1/angiobench-score.1" || { echo 'the manual page has no options'; exit 1; }
if command -v groff >/dev/null; then
  groff -Kutf8 -man -Tutf8 -ww "$work"/installed/share/man/man1/*.1 >/dev/null 2>"$work/log" || exit 1
  [ ! -s "$work/log" ] || { echo 'groff warns:'; head "$work/log"; exit 1; }
fi
. "$(dirname "${BASH_SOURCE[0]}")/../package/consumer.sh"
build_consumer "$work" "$work/installed" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$work/installed/bin/angiobench" synth --sequences 0,0,1 --length 6 -o "$work/set" --quiet >/dev/null
"$work/consumer/build/consumer" "$work/set" >/dev/null || { echo 'the installed library does not score'; exit 1; }
# Kernels and other inner pieces are nobody's business.
[ ! -e "$work/installed/include/angiobench/evaluator/kernels" ] || { echo 'inner headers are installed'; exit 1; }
