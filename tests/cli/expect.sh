# SPDX-License-Identifier: MIT
# Sourced by the tests of verbs, with the program as $1: an empty folder to work in, and `expect`.
# shellcheck shell=bash
set -uo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0

# expect CODE PATTERN ARGUMENTS...: the exit code of `angiobench ARGUMENTS`, and an extended regular expression that
# standard output and error together must have. What was said is in $said.
expect() {
  local code=$1 pattern=$2 got
  shift 2
  said=$("$program" "$@" 2>&1)
  got=$?
  if [ "$got" != "$code" ] || ! grep -qE -e "$pattern" <<<"$said"; then
    printf '%s: exit %s (expected %s and "%s"), said:\n%s\n' "$*" "$got" "$code" "$pattern" "$said"
    failed=1
  fi
}
