// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace angiobench {

/// What an output folder may find at its place.
enum class ExistingFolder {
  refuse,  // nothing, or an empty folder
  update,  // also a folder with files: those of the same names are replaced, others stay
};

/// A folder that is written as one. Everything goes into a hidden folder beside it, or in it where
/// nothing may be made beside it; commit() flushes that to the disk and puts it into place at once.
/// What was not committed is taken away: nobody sees half of it.
class OutputFolder {
 public:
  /// Makes nothing yet but the hidden folder. Throws Error{input} where `path` cannot be the
  /// folder.
  explicit OutputFolder(std::string path, ExistingFolder existing = ExistingFolder::update);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to write what shall be <path>/<relative>.
  std::string file(const std::string& relative) const;
  const std::string& path() const { return path_; }

  /// Puts everything into place. Throws Error{input} with the system's words; then all is as
  /// before. A folder that was there is exchanged whole, where the system can do that and it is
  /// neither a mount point nor where this program stands; else its entries are, one after the
  /// other, and back again where one fails.
  void commit();

 private:
  void exchange_entries();
  void keep_other_entries();

  std::string path_;
  std::string staged_;
};

}  // namespace angiobench
