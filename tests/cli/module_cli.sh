#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Modules of other builds are refused with words: module_cli.sh PROGRAM C_COMPILER. The program is copied, so that modules
# can be put beside it.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
compiler=$2  # words: a program and its options
mkdir copy && cp "$program" copy/angiobench
program=$PWD/copy/angiobench

expect 4 "'synth' needs angiobench_media.so, which is not installed" synth -o x
expect 4 "'predict' needs angiobench_baselines.so, which is not installed; expected a build with LibTorch" predict -o x
expect 0 'J&F|Usage' score --help

# A text, a library that is no module, a module of another build, one of another program's ABI that would crash if it ran.
echo 'no library' >copy/angiobench_media.so
expect 4 'angiobench_media.so: error: cannot be loaded' synth -o x
printf 'int nothing;\n' >none.c
$compiler -shared -fPIC -o copy/angiobench_media.so none.c || exit 1
expect 3 'angiobench_media.so: error: is a module of another build \(a file without a stamp\); expected' synth -o x
cat >other.c <<'TEXT'
#include <stdlib.h>
const char* angiobench_module_stamp(void) { return "0.0.1 0123456789ab, compiler 9, ABI 1"; }
void angiobench_module_verbs(void) { abort(); }
TEXT
$compiler -shared -fPIC -o copy/angiobench_media.so other.c || exit 1
expect 3 'another build \(0.0.1 0123456789ab, compiler 9, ABI 1\); expected the one that was built with this program' synth --help
! grep -q 'This is a bug' <<<"$said" || { echo 'called a bug'; failed=1; }
# What does not need the module goes on, and says what it lacks.
expect 0 'warning: .*angiobench_media.so: is a module of another build' completion bash
exit $failed
