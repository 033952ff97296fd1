// SPDX-License-Identifier: MIT
#include "reports/platforms/elf_program.h"

#include <elf.h>

#include <cstring>
#include <string_view>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"

namespace angiobench {
namespace {

// A structure at its place in the file; false where the file ends before.
template <typename Struct>
bool read_at(std::string_view file, std::uint64_t offset, Struct& result) {
  if (offset > file.size() || file.size() - offset < sizeof result) return false;
  std::memcpy(&result, file.data() + offset, sizeof result);
  return true;
}

}  // namespace

void check_static_program(const std::string& path) {
  constexpr const char* kExpected = "the static program (scripts/static.sh, or a release archive)";
  const std::string file = read_text_file(path);
  Elf64_Ehdr header{};
  const bool is_elf = read_at(file, 0, header) &&
                      std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
                      header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_machine == EM_X86_64;
  if (!is_elf) throw Error(ErrorKind::input, path, "is no program for Linux on x86-64", kExpected);
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    if (!read_at(file, header.e_phoff + std::uint64_t{i} * header.e_phentsize, segment))
      throw Error(ErrorKind::input, path, "is cut off", kExpected);
    if (segment.p_type == PT_INTERP || segment.p_type == PT_DYNAMIC)
      throw Error(ErrorKind::input, path, "needs libraries that a platform's image has not",
                  kExpected);
  }
}

}  // namespace angiobench
