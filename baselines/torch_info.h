// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace angiobench {

/// The version of LibTorch this was compiled against, e.g. "1.13.1".
std::string torch_version();

/// The file of the BLAS that this process has loaded, links resolved, e.g.
/// "/usr/lib/x86_64-linux-gnu/openblas-openmp/libblas.so.3"; empty where it is part of LibTorch.
std::string loaded_blas();

/// Whether such a file is the reference BLAS of netlib, with which LibTorch's matrix products run
/// 30 times slower than with OpenBLAS (Debian: libopenblas0-openmp).
bool is_reference_blas(std::string_view file);

/// Throws Error{usage} for a device that is neither "cpu" nor "cuda", Error{inconclusive} where
/// LibTorch finds no CUDA.
void check_device(const std::string& device);

}  // namespace angiobench
