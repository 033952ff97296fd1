#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the static program: static.sh [BUILD_FOLDER] (default build/static). It scores only, needs nothing but Linux on
# x86-64, and ends as BUILD_FOLDER/cli/angiobench.
#
# Debian has no archives of libzip and TBB, so both are built from the distribution's source packages, which are fetched
# with apt (or taken from the folder that ANGIOBENCH_SOURCES names) and held against the hashes below. Everything else is
# linked from the archives of the -dev packages that scripts/setup.sh installs. The same sources and packages make the
# same bytes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
build=$(realpath -m "${1:-build/static}")
deps=$root/build/static-deps
jobs=${JOBS:-$(nproc)}

# Source package, version, file of its description and that file's SHA-256 (which holds those of the tarballs).
packages=(
  "libzip 1.7.3-1 libzip_1.7.3-1.dsc 2b905c3e6277bb4ae62c4464c5c7bbbd6661715d5b3c0f94523c34df6d1f4d1e"
  "onetbb 2021.8.0-2+deb12u1 onetbb_2021.8.0-2+deb12u1.dsc f01de0ed79cb49b48beb2cdb6e1b3c5f625ca65f07d7959bebfbbd89a2e941ad"
)
libzip_options=(-DENABLE_COMMONCRYPTO=OFF -DENABLE_GNUTLS=OFF -DENABLE_MBEDTLS=OFF -DENABLE_OPENSSL=OFF
  -DENABLE_WINDOWS_CRYPTO=OFF -DENABLE_BZIP2=OFF -DENABLE_LZMA=OFF -DBUILD_TOOLS=OFF -DBUILD_REGRESS=OFF
  -DBUILD_EXAMPLES=OFF -DBUILD_DOC=OFF)
onetbb_options=(-DTBB_TEST=OFF -DTBB_STRICT=OFF -DTBBMALLOC_BUILD=OFF -DTBB_DISABLE_HWLOC_AUTOMATIC_SEARCH=ON
  -DTBB_ENABLE_IPO=OFF)

die() { echo "static.sh: $*" >&2; exit 1; }

# sources_list FILE: where apt gets the distribution's binaries, it gets its sources, too.
sources_list() {
  local name=${VERSION_CODENAME:-bookworm}
  : >"$1"
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -n "s/^deb \(.* $name main\)/deb-src \1/p" >>"$1.list" || true
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    grep -qE "^Suites:(.* )?$name( |\$)" "$file" && sed 's/^Types:.*/Types: deb-src/' "$file" >>"$1"
  done
}

# fetch: the source packages into $deps/sources.
fetch() {
  mkdir -p "$deps/sources"
  if [ -n "${ANGIOBENCH_SOURCES:-}" ]; then
    cp "$ANGIOBENCH_SOURCES"/* "$deps/sources/"
    return
  fi
  # shellcheck source=/dev/null
  . /etc/os-release
  local apt=$deps/apt list
  rm -rf "$apt"
  mkdir -p "$apt/parts" "$apt/lists"
  list=$apt/parts/angiobench
  sources_list "$list"
  mv "$list" "$list.sources"
  local options=(-o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$apt/parts" -o "Dir::State::lists=$apt/lists"
    -o "APT::Sandbox::User=root")
  apt-get "${options[@]}" update -qq || die 'the list of source packages cannot be fetched'
  local row name version
  for row in "${packages[@]}"; do
    read -r name version _ <<<"$row"
    (cd "$deps/sources" && apt-get "${options[@]}" source --download-only -qq "$name=$version") ||
      die "the source of $name $version cannot be fetched; put it into a folder and name that with ANGIOBENCH_SOURCES"
  done
}

# build_library NAME DSC HASH OPTIONS...: unpacks, builds and installs into $deps/prefix.
build_library() {
  local name=$1 dsc=$2 hash=$3
  shift 3
  [ -e "$deps/prefix/.$hash" ] && return
  [ -e "$deps/sources/$dsc" ] || fetch
  echo "$hash  $deps/sources/$dsc" | sha256sum -c --quiet || die "$dsc is not the pinned one"
  rm -rf "${deps:?}/$name"
  dpkg-source --no-check --no-copy -q -x "$deps/sources/$dsc" "$deps/$name" || die "$dsc cannot be unpacked, or a hash in it is wrong"
  local flags="-O2 -ffile-prefix-map=$deps=/deps -ffunction-sections -fdata-sections"
  cmake -S "$deps/$name" -B "$deps/$name/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$deps/prefix" \
    -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF -DCMAKE_C_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags" "$@" >"$deps/$name.log" 2>&1 ||
    { tail -20 "$deps/$name.log" >&2; die "$name cannot be configured"; }
  cmake --build "$deps/$name/build" --parallel "$jobs" --target install >>"$deps/$name.log" 2>&1 ||
    { tail -20 "$deps/$name.log" >&2; die "$name cannot be built"; }
  mkdir -p "$deps/licences"
  cp "$deps/$name/debian/copyright" "$deps/licences/$name"
  touch "$deps/prefix/.$hash"
}

for row in "${packages[@]}"; do
  read -r name _ dsc hash <<<"$row"
  case $name in
    libzip) build_library "$name" "$dsc" "$hash" "${libzip_options[@]}" ;;
    onetbb) build_library "$name" "$dsc" "$hash" "${onetbb_options[@]}" ;;
  esac
done
PKG_CONFIG_PATH=$deps/prefix/lib/pkgconfig cmake --preset static -B "$build" -DCMAKE_PREFIX_PATH="$deps/prefix" >"$deps/angiobench.log" 2>&1 ||
  { tail -20 "$deps/angiobench.log" >&2; die 'the program cannot be configured'; }
cmake --build "$build" --parallel "$jobs" --target angiobench
