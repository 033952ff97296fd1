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
has local predict --network l
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
  mkdir -p functions && cp script.zsh functions/_angiobench
  # The completion system, asked through a pseudo-terminal, as zsh's own tests do.
  said=$(zsh -f -c '
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "PROMPT=; fpath=($PWD/functions \$fpath); autoload -Uz compinit; compinit -u -D; zstyle \":completion:*\" list-prompt \"\"; LISTMAX=10000"
    sleep 1
    zpty -w -n shell "angiobench score --missing z"$'"'\\t'"'"; echo \$? READY\n"
    sleep 2
    zpty -r -t shell text; print -r -- $text' 2>&1)
  grep -q 'score --missing zero' <<<"$said" || fail "zsh completes nothing: $said"
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
