#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Debian packages: deb_test.sh BUILD (configured with the preset deb). Packs, looks at what is in them, runs what is in
# all three from where they were unpacked, installs the first in a clean root, scores there. An empty package fails.
set -uo pipefail
build=$(realpath "$1")
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
cd "$source" || exit 1
. tests/package/clean_root.sh
. tests/package/consumer.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
wrong() { echo "deb_test: $*"; failed=1; }
multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH)

rm -f "$build"/*.deb
(cd "$build" && cpack -G DEB -B "$build" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; exit 1; }
core=$(ls "$build"/angiobench_*.deb) baselines=$(ls "$build"/angiobench-baselines_*.deb) dev=$(ls "$build"/libangiobench-dev_*.deb) ||
  { ls "$build"/*.deb; echo 'deb_test: there are not three packages'; exit 1; }

# holds PACKAGE PATH...: each with content.
holds() {
  local package=$1 path
  shift
  dpkg-deb -c "$package" >"$work/list"
  for path in "$@"; do grep -qE "^-.* [1-9][0-9]* .*[0-9] \./$path\$" "$work/list" || wrong "$(basename "$package") has no $path"; done
  echo "deb_test: $(basename "$package") $(stat -c %s "$package") bytes, $(dpkg-deb -f "$package" Depends | tr ',' '\n' | wc -l) dependencies"
}
holds "$core" usr/bin/angiobench usr/share/doc/angiobench/copyright usr/share/man/man1/angiobench.1 usr/share/man/man1/angiobench-score.1 \
  usr/share/bash-completion/completions/angiobench usr/share/zsh/site-functions/_angiobench usr/share/fish/vendor_completions.d/angiobench.fish
holds "$baselines" "usr/lib/$multiarch/angiobench/angiobench_media.so" "usr/lib/$multiarch/angiobench/angiobench_baselines.so" usr/share/doc/angiobench-baselines/copyright
holds "$dev" "usr/lib/$multiarch/libangiobench_reports.a" usr/include/angiobench/score.h "usr/lib/$multiarch/cmake/angiobench/angiobenchConfig.cmake" \
  usr/share/doc/libangiobench-dev/copyright
# This test would notice a package with nothing in it, or with empty files.
for content in nothing empty; do
  mkdir -p "$work/$content/DEBIAN"
  [ $content = nothing ] || { mkdir -p "$work/$content/usr/bin" && : >"$work/$content/usr/bin/angiobench"; }
  printf 'Package: angiobench\nVersion: 0\nArchitecture: all\nMaintainer: a\nDescription: b\n' >"$work/$content/DEBIAN/control"
  dpkg-deb --root-owner-group -b "$work/$content" "$work/$content.deb" >/dev/null
  (failed=0 && holds "$work/$content.deb" usr/bin/angiobench >/dev/null && exit $failed) && wrong "a package with $content in it passes"
done
# The module is imported by the distribution's Python, from where the package puts it.
python=$(ls "$build"/python3-angiobench_*.deb 2>/dev/null) || python=
if [ -z "$python" ]; then
  echo 'deb_test: SKIPPED: there is no python3-angiobench (no pybind11 when this was built)'
else
  holds "$python" 'usr/lib/python3/dist-packages/angiobench/_core\..*\.so' 'usr/lib/python3/dist-packages/angiobench/_reports\..*\.so' \
    usr/lib/python3/dist-packages/angiobench/__init__.py usr/share/doc/python3-angiobench/copyright
  dpkg-deb -f "$python" Depends | grep -q 'python3 (>= 3' || wrong 'the Python package says nothing of Python'
  dpkg-deb -f "$python" Depends | grep -qE 'opencv|torch' && wrong 'the Python package needs OpenCV or Torch'
  dpkg-deb -x "$python" "$work/python"
  # A result needs both of its modules.
  said=$(PYTHONPATH="$work/python/usr/lib/python3/dist-packages" /usr/bin/python3 -c 'if True:
    import angiobench as ab
    mask = memoryview(bytes([0, 1] * 50)).cast("B", (10, 10))
    evaluator = ab.Evaluator()
    for frame in range(4):
        evaluator.add(mask, mask, frame=frame)
    print(ab.__file__, float(evaluator.result().headline))')
  [ "$said" = "$work/python/usr/lib/python3/dist-packages/angiobench/__init__.py 1.0" ] || wrong "the packaged module cannot be used: $said"
fi
dpkg-deb -f "$core" Depends | grep -q opencv && wrong 'the core needs OpenCV'
dpkg-deb -f "$core" Depends | grep -q 'libc6 (>= 2' || wrong 'the core says nothing of libc6'
dpkg-deb -f "$baselines" Depends | grep -q 'angiobench (= ' || wrong 'the modules take another program'
dpkg-deb -f "$baselines" Depends | grep -q 'libopencv-core' || wrong 'the modules say nothing of OpenCV'

# All three, unpacked: the modules are found beside the program, and another project builds against the libraries.
for package in "$core" "$baselines" "$dev"; do dpkg-deb -x "$package" "$work/unpacked"; done
unpacked=$work/unpacked/usr/bin/angiobench
"$unpacked" synth --sequences 0,0,1 --length 6 -o "$work/unpacked-set" --quiet >"$work/said" 2>&1 &&
  "$unpacked" predict --dataset mosxav-test -g "$work/unpacked-set" --network first-mask -o "$work/unpacked-run" --quiet >"$work/said" 2>&1 &&
  "$unpacked" score --dataset mosxav-test -g "$work/unpacked-set" -p "$work/unpacked-run" --quiet >"$work/said" 2>&1 ||
  { wrong 'the unpacked program does not predict'; cat "$work/said"; }
build_consumer "$work" "$work/unpacked/usr" >"$work/said" 2>&1 && "$work/consumer/build/consumer" "$work/unpacked-set" >"$work/said" 2>&1 ||
  { wrong 'nothing can be built against the libraries'; tail -5 "$work/said"; }

# A fresh root with what the package asks for and nothing else.
mapfile -t needed < <(dpkg-deb -f "$core" Depends | tr ',' '\n' | sed 's/^ *//; s/[ (|].*//')
clean_root "$work/system" "${needed[@]}"
code=$?
[ $code = 0 ] || { [ "$failed" = 0 ] || code=1; exit "$code"; }
cp "$core" "$work/system/core.deb"
chroot "$work/system" dpkg -i /core.deb >"$work/said" 2>&1 || { wrong 'it cannot be installed'; cat "$work/said"; }
"$build/cli/angiobench" synth --sequences 0,0,3 --length 6 -o "$work/system/set" --examples "$work/system/examples" --quiet >/dev/null
chroot "$work/system" angiobench score --dataset mosxav-test -g /set -p /examples/fine -o /out --quiet >"$work/said" 2>&1 && [ -s "$work/system/out/report.html" ] ||
  { wrong 'the installed program does not score'; cat "$work/said"; }
chroot "$work/system" angiobench predict --help >"$work/said" 2>&1
[ $? = 4 ] && grep -q 'angiobench_baselines.so, which is not installed' "$work/said" || { wrong 'it does not say that the modules are missing'; cat "$work/said"; }
exit $failed
