#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing to build and test (Debian 12 or a relative with apt). Usage: setup.sh [--no-install] [--tests]
#   --no-install   only look; exit 1 and name what is missing
#   --tests        also what the tests use (headless browser, SciPy, Slurm, GNU parallel); they are skipped, visibly, where it is absent
set -euo pipefail

install=1
python_tests=(python3-pip python3-venv python3-torch python3-pandas python3-pil mypy)  # of the Python package
imaging_tests=(python3-nibabel teem-apps python3-vtk9 python3-pydicom dcmtk dicom3tools)  # who reads volumes and DICOM Segmentation
packages=(
  build-essential cmake ninja-build pkg-config git ca-certificates
  libopencv-dev libgif-dev libboost-filesystem-dev libboost-program-options-dev libtbb-dev nlohmann-json3-dev
  libpng-dev zlib1g-dev libdeflate-dev libzip-dev libssl-dev libsqlite3-dev
  pybind11-dev python3-dev
  libgdcm-dev libgdcm-tools
  libgtest-dev libgmock-dev libtorch-dev libdnnl-dev libopenblas0-openmp
)
optional=(chromium chromium-driver python3 python3-numpy python3-scipy python3-pydicom slurm-wlm parallel)
for argument in "$@"; do
  case "$argument" in
    --no-install) install=0 ;;
    --tests) packages+=("${optional[@]}" "${python_tests[@]}" "${imaging_tests[@]}") ;;
    *) echo "setup.sh: unknown option $argument (--no-install, --tests)" >&2; exit 2 ;;
  esac
done
if [ "${ANGIOBENCH_BASELINES:-}" = OFF ]; then
  kept=()
  for package in "${packages[@]}"; do
    case "$package" in libtorch-dev | libdnnl-dev | libopenblas0-openmp) ;; *) kept+=("$package") ;; esac
  done
  packages=("${kept[@]}")
fi
# Without the Python package nothing is needed that it is built with.
if [ "${ANGIOBENCH_PYTHON:-}" = OFF ]; then
  kept=()
  for package in "${packages[@]}"; do
    case "$package" in pybind11-dev | python3-dev) ;; *) kept+=("$package") ;; esac
  done
  packages=("${kept[@]}")
fi

if ! command -v dpkg-query >/dev/null 2>&1; then
  if [ "$install" = 0 ]; then exit 0; fi
  echo "setup.sh: there is no apt here, so nothing was installed. Needed (Debian's names): ${packages[*]}" >&2
  echo "          Install them your way, then use --no-install." >&2
  exit 1
fi
missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$install" = 0 ]; then
  echo "setup.sh: missing packages: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null 2>&1 || {
    echo "setup.sh: missing packages: ${missing[*]}" >&2
    echo "          Run it as root, or install sudo, or install them yourself and use --no-install." >&2
    exit 1
  }
  as_root=(sudo)
fi
echo "setup.sh: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
