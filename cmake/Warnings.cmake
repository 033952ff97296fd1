# SPDX-License-Identifier: MIT
# One INTERFACE target carries the warnings and sanitizers of our own code; nothing edits CMAKE_CXX_FLAGS.
add_library(angiobench_warnings INTERFACE)
target_compile_options(angiobench_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wunused -Wformat=2 -Wcast-align -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # GCC 12 and 13 report -Wrestrict, sizes of copies and loop bounds falsely inside std::string and std::set (GCC PR 105651).
  target_compile_options(angiobench_warnings INTERFACE
    -Wno-restrict -Wno-stringop-overflow -Wno-aggressive-loop-optimizations)
endif()
if(ANGIOBENCH_WERROR)
  target_compile_options(angiobench_warnings INTERFACE -Werror)
endif()
if(ANGIOBENCH_SANITIZE)
  # With a sanitizer's own code in between, GCC sees uninitialized values in <regex> and <functional> that are none.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(angiobench_warnings INTERFACE -Wno-maybe-uninitialized)
  endif()
  target_compile_options(angiobench_warnings INTERFACE
    -fsanitize=${ANGIOBENCH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(angiobench_warnings INTERFACE -fsanitize=${ANGIOBENCH_SANITIZE})
endif()
if(ANGIOBENCH_FUZZERS)
  # Coverage for libFuzzer in every library; the fuzz programs alone link its main.
  target_compile_options(angiobench_warnings INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(angiobench_warnings INTERFACE -fsanitize=fuzzer-no-link)
endif()
