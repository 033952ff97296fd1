# SPDX-License-Identifier: MIT
# Sourced by the tests of packages: `clean_root DIR PACKAGE...` makes a root of Debian with nothing but its base and these
# packages; returns 77, and says why, where this machine cannot. A root is made once and kept in $ANGIOBENCH_ROOTS.
# shellcheck shell=bash
clean_root() {
  local place=$1 kept
  shift
  [ "$(id -u)" = 0 ] || { echo 'skipped: a clean root needs root'; return 77; }
  command -v mmdebstrap >/dev/null || { echo 'skipped: mmdebstrap is not installed'; return 77; }
  kept=${ANGIOBENCH_ROOTS:-build/roots}/$(printf '%s\n' "$@" | sha256sum | cut -c1-16).tar
  if [ ! -s "$kept" ]; then
    mkdir -p "$(dirname "$kept")"
    # shellcheck source=/dev/null
    mmdebstrap --variant=minbase --include="$(IFS=,; echo "$*")" "$(. /etc/os-release; echo "$VERSION_CODENAME")" "${kept%.tar}.new.tar" >"$kept.log" 2>&1 ||
      { tail -3 "$kept.log"; echo 'skipped: no clean root could be made'; return 77; }
    mv "${kept%.tar}.new.tar" "$kept"
  fi
  mkdir -p "$place"
  tar -xf "$kept" -C "$place" --exclude='./dev/*' || return 1
  mknod -m 666 "$place/dev/null" c 1 3 2>/dev/null
  mknod -m 666 "$place/dev/urandom" c 1 9 2>/dev/null
  ln -sf /proc/self/fd "$place/dev/fd"
}
