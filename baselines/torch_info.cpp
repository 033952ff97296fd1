// SPDX-License-Identifier: MIT
#include "baselines/torch_info.h"

#include <ATen/Context.h>
#include <torch/version.h>

#include <fstream>

#include "dataset/error.h"

namespace angiobench {

std::string torch_version() { return TORCH_VERSION; }

std::string loaded_blas() {
  // The list of mapped files names every shared library by its real path.
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t path = line.find('/');
    if (path == std::string::npos) continue;
    const std::string file = line.substr(path);
    if (file.find("/libblas.so") != std::string::npos ||
        file.find("/libmkl_rt.so") != std::string::npos ||
        file.find("/libblis.so") != std::string::npos) {
      return file;
    }
  }
  return {};
}

void check_device(const std::string& device) {
  if (device != "cpu" && device != "cuda")
    throw Error::about(ErrorKind::usage, "device", "is '" + device + "'", "cpu or cuda");
  if (device == "cuda" && !at::hasCUDA()) {
    throw Error::about(ErrorKind::inconclusive, "device",
                       "is cuda, but LibTorch " TORCH_VERSION " finds no CUDA device",
                       "a LibTorch built with CUDA, and a graphics card");
  }
}

bool is_reference_blas(std::string_view file) {
  return file.find("/blas/libblas.so") != std::string_view::npos;
}

}  // namespace angiobench
