// SPDX-License-Identifier: MIT
#pragma once

#include <boost/filesystem/exception.hpp>
#include <string>

#include "dataset/error.h"

namespace angiobench {

/// Does some work with the file system; Boost's failures become Error{input} about `path`.
template <class Work>
auto on_disk(const std::string& path, Work work) {
  try {
    return work();
  } catch (const boost::filesystem::filesystem_error& error) {
    throw Error(ErrorKind::input, path, "cannot be used (" + error.code().message() + ")",
                "a folder to write to");
  }
}

}  // namespace angiobench
