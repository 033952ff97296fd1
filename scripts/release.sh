#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes what is published of a version: release.sh [--twice] [OUT] (default build/release-files). In OUT lie
# angiobench-<version>-linux-x86_64.tar.gz (the static program, its gate script, licences, completions, manual pages),
# angiobench-<version>-source.tar.gz (with which anybody can link the program anew) and SHA256SUMS.
#
# The same commit on the same packages makes the same bytes; --twice builds the program a second time in another folder
# and packs it again, and fails where a byte differs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
twice=no
[ "${1:-}" = --twice ] && { twice=yes; shift; }
out=$(realpath -m "${1:-build/release-files}")
version=$(sed -n 's/^project(angiobench VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
name=angiobench-$version-linux-x86_64
epoch=$(git log -1 --format=%ct)
die() { echo "release.sh: $*" >&2; exit 1; }

# What the program is linked from: the package that has the library's licence, in /usr/share/doc.
licences="libboost1.74-dev libc6-dev libdeflate-dev libsqlite3-dev libssl-dev libstdc++-12-dev nlohmann-json3-dev zlib1g-dev"

# archive FOLDER FILE: names, times and owners do not depend on who packs.
archive() {
  tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' --format=gnu \
    -C "$(dirname "$1")" -cf - "$(basename "$1")" | gzip -9n >"$2"
}

# pack PROGRAM OUT
pack() {
  local stage
  stage=$(mktemp -d)
  local folder=$stage/$name library
  mkdir -p "$folder/licences" "$folder/completion"
  strip --strip-all -o "$folder/angiobench" "$1"
  "$folder/angiobench" version --json | grep -q '"static": true' || die 'the program is not the static one'
  cp LICENSE CHANGELOG.md "$folder/"
  cp scripts/gate.sh "$folder/gate.sh"
  cp scripts/platforms/evalai.py "$folder/"
  for library in $licences; do
    [ -e "/usr/share/doc/$library/copyright" ] || die "the licence of $library is not there"
    cp -L "/usr/share/doc/$library/copyright" "$folder/licences/${library%-dev}"
  done
  cp build/static-deps/licences/* "$folder/licences/"
  for shell in bash zsh fish; do "$folder/angiobench" completion $shell --quiet >"$folder/completion/angiobench.$shell" 2>/dev/null; done
  "$folder/angiobench" man -o "$folder/man1" --quiet >/dev/null 2>&1
  cat >"$folder/README" <<TEXT
angiobench $version, the static program for Linux on x86-64: it scores, validates, compares and shows, and needs nothing
but a kernel of 2012 or later. Predicting and training need an installation with modules.

  ./angiobench score --dataset mosxav-test -g MOSXAV -p predictions.zip -o out
  ./angiobench help score

gate.sh scores and gates in one step, for a CI. MIT licence (LICENSE); licences/ has those of the libraries within. glibc
is under the LGPL: to link this program with another one, build the source of this version (angiobench-$version-source.tar.gz)
with scripts/static.sh.
TEXT
  mkdir -p "$2"
  archive "$folder" "$2/$name.tar.gz"
  git archive --format=tar --prefix="angiobench-$version/" HEAD | gzip -9n >"$2/angiobench-$version-source.tar.gz"
  (cd "$2" && sha256sum -- *.tar.gz >SHA256SUMS)
  rm -rf "$stage"
}

[ -z "$(git status --porcelain --untracked-files=no)" ] || echo 'release.sh: the checkout has changes that no commit holds' >&2
"$root/scripts/static.sh" build/static
pack build/static/cli/angiobench "$out"
if [ "$twice" = yes ]; then
  rm -rf build/static-again
  CCACHE_DISABLE=1 "$root/scripts/static.sh" build/static-again
  pack build/static-again/cli/angiobench build/release-again
  diff "$out/SHA256SUMS" build/release-again/SHA256SUMS || die 'the second build made other bytes'
  rm -rf build/static-again build/release-again
  echo 'built twice: the same bytes'
fi
cat "$out/SHA256SUMS"
