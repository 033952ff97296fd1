#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From predictions to a verdict in a CI, with the program beside this script or on PATH:
#   gate.sh --dataset NAME --ground-truth DIR --predictions PATH --baseline FILE [--rules FILE] [--out DIR]
# Writes into OUT: result/ (report.html among it), the verdict as JUnit (gate.xml), OpenMetrics, JSON and Markdown;
# GitHub's step summary, too, where there is one. Ends with the gate's exit status (0 passed, 1 failed, 4 nothing decided),
# or the scorer's where nothing was scored.
set -uo pipefail
die() { echo "gate.sh: $*" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$here/angiobench
[ -x "$program" ] || program=$(command -v angiobench) || die 'angiobench is neither beside this script nor on PATH'
dataset='' truth='' predictions='' baseline='' rules='' out=gate
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || die "$1 wants a value"
  case $1 in
    --dataset) dataset=$2 ;;
    --ground-truth) truth=$2 ;;
    --predictions) predictions=$2 ;;
    --baseline) baseline=$2 ;;
    --rules) rules=$2 ;;
    --out) out=$2 ;;
    *) die "there is no option $1" ;;
  esac
  shift 2
done
[ -n "$dataset" ] && [ -n "$truth" ] && [ -n "$predictions" ] && [ -n "$baseline" ] ||
  die '--dataset, --ground-truth, --predictions and --baseline are needed'
mkdir -p "$out"
code=0
"$program" score --dataset "$dataset" -g "$truth" -p "$predictions" -o "$out/result" || code=$?
# 1: scored, with findings that the report shows; what cannot be scored cannot be judged.
if [ "$code" -gt 1 ]; then
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || echo "**Nothing was scored** (exit status $code): see the log." >>"$GITHUB_STEP_SUMMARY"
  exit "$code"
fi
"$program" check "$out/result" --baseline "$baseline" ${rules:+--rules "$rules"} \
  --junit "$out/gate.xml" --openmetrics "$out/gate.prom" --json "$out/gate.json" --markdown "$out/gate.md"
