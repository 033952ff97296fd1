# SPDX-License-Identifier: MIT
# Writes FILES (a list) as byte arrays to OUTPUT; run by angiobench_embed.
set(arrays "")
set(table "")
set(index 0)
foreach(file IN LISTS FILES)
  cmake_path(GET file FILENAME base)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "constexpr char kFile${index}[] = {${bytes}'\\0'};\n")
  string(APPEND table "    {\"${base}\", {kFile${index}, sizeof(kFile${index}) - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE "${OUTPUT}.tmp" "// Generated from the files named below; do not edit.
#include \"dataset/files/embedded_file.h\"

#include <span>

namespace angiobench {
std::span<const EmbeddedFile> embedded_${NAME}();
namespace {
${arrays}
constexpr EmbeddedFile kFiles[] = {
${table}};
}  // namespace
std::span<const EmbeddedFile> embedded_${NAME}() { return kFiles; }
}  // namespace angiobench
")
file(RENAME "${OUTPUT}.tmp" "${OUTPUT}")
