# SPDX-License-Identifier: MIT
# One INTERFACE target carries the warnings and sanitizers of our own code; nothing edits CMAKE_CXX_FLAGS.
add_library(angiobench_warnings INTERFACE)
target_compile_options(angiobench_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wunused -Wformat=2 -Wcast-align)
if(ANGIOBENCH_WERROR)
  target_compile_options(angiobench_warnings INTERFACE -Werror)
endif()
if(ANGIOBENCH_SANITIZE)
  target_compile_options(angiobench_warnings INTERFACE
    -fsanitize=${ANGIOBENCH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(angiobench_warnings INTERFACE -fsanitize=${ANGIOBENCH_SANITIZE})
endif()
if(ANGIOBENCH_FUZZERS)
  # Coverage for libFuzzer in every library; the fuzz programs alone link its main.
  target_compile_options(angiobench_warnings INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(angiobench_warnings INTERFACE -fsanitize=fuzzer-no-link)
endif()
