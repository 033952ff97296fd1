#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A script of `completion`, run by its shell: completion_cli.sh PROGRAM bash|zsh|fish. Exit code 77 where that shell is not
# installed, which CTest shows as skipped.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
fail() {
  echo "$1"
  failed=1
}
shell=$2
command -v "$shell" >/dev/null || { echo "SKIPPED: $shell is not installed"; exit 77; }

expect 2 'SHELL \(bash, zsh or fish\) is missing' completion
expect 2 "SHELL is 'basch'; did you mean 'bash'\?" completion basch
"$program" completion "$shell" >"script.$shell" 2>warnings || fail "completion $shell fails"
[ ! -s warnings ] || fail "completion $shell warns: $(cat warnings)"
"$shell" -n "script.$shell" || fail "$shell cannot read its script"

# offered WORDS...: what bash offers for the last of the words of a command line.
offered() {
  COMP_WORDS=(angiobench "$@")
  COMP_CWORD=$(($# ))
  COMPREPLY=()
  _angiobench
  printf '%s\n' "${COMPREPLY[@]}"
}
has() {
  local wanted=$1
  shift
  grep -qxF -e "$wanted" <<<"$(offered "$@")" || fail "bash: '$wanted' is not offered for '$*' but: $(offered "$@" | tr '\n' ' ')"
}
has_not() {
  local unwanted=$1
  shift
  ! grep -qxF -e "$unwanted" <<<"$(offered "$@")" || fail "bash: '$unwanted' is offered for '$*'"
}
if [ "$shell" = bash ]; then
# shellcheck disable=SC1091
. ./script.bash
has score sc
has leaderboard lea
has_not man ''
has add leaderboard ''
has --method leaderboard add --m
has --dataset score --
has_not --method score --
has mosxav-test score --dataset mos
has mosxav-test score -g x --dataset mosxav-t
has strict score --protocol = str
has zero score --missing z
has first-mask predict --network f
has html report h
has table2 reproduce ta
has datasets list da
has leaderboard help lea
has add help leaderboard a
mkdir -p folder && touch folder.json
has folder score -g fol
has_not folder.json score -g fol
has folder.json score --meta fol

fi
if [ "$shell" = zsh ]; then
  # What the function hands to zsh's own completion system, a word a line.
  offered_by_zsh() {
    zsh -f -c '
      compdef() { }
      _arguments() { print -r -- "words: $words; at $CURRENT"; print -rl -- "$@" }
      _describe() { print -rl -- "${(@P)2}" }
      source ./script.zsh
      words=("$@"); CURRENT=$#
      _angiobench' zsh "$@" 2>&1
  }
  handed() {
    local wanted=$1
    shift
    grep -qF -e "$wanted" <<<"$(offered_by_zsh "$@")" || fail "zsh: '$wanted' is not handed over for '$*' but: $(offered_by_zsh "$@" | head -5)"
  }
  handed 'leaderboard:the store of results' angiobench l
  handed 'add:Adds scored submissions' angiobench leaderboard a
  handed '--missing[missing predictions\: error, zero]:WORD:(error zero skip)' angiobench score --missing z
  handed 'words: score --missing z; at 3' angiobench score --missing z
  handed '--method[the method' angiobench leaderboard add --m
  handed 'words: add --m; at 2' angiobench leaderboard add --m
  handed ':FORM:(html markdown latex csv junit svg nnunet)' angiobench report h
fi
if [ "$shell" = fish ]; then
  offered_by_fish() { fish -c "source script.fish; complete -C '$1'" | cut -f1; }
  for pair in 'angiobench sc=score' 'angiobench leaderboard a=add' 'angiobench score --miss=--missing' \
    'angiobench score --missing z=zero' 'angiobench score --dataset mosxav-t=mosxav-test' 'angiobench help lea=leaderboard'; do
    grep -qxF -e "${pair#*=}" <<<"$(offered_by_fish "${pair%%=*}")" ||
      fail "fish: '${pair#*=}' is not offered for '${pair%%=*}' but: $(offered_by_fish "${pair%%=*}" | head -5 | tr '\n' ' ')"
  done
fi
exit $failed
