# SPDX-License-Identifier: MIT
# The headers of libraries that cost most of a build (nlohmann_json 40 %, Program_options 20 % of it) are parsed once for
# each target that uses them often. Never our own headers: a source still includes what it uses, and compiles without.
option(ANGIOBENCH_PRECOMPILE "Precompile the heavy headers of libraries" ON)

# Precompiled headers lose their mark as a system's: GCC 12 and 13 then report copies inside std::string (GCC PR 105651).
function(angiobench_quiet_headers target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overread)
  endif()
endfunction()

# angiobench_precompile(TARGET HEADERS...): e.g. angiobench_precompile(angiobench_reports <nlohmann/json.hpp>)
function(angiobench_precompile target)
  if(ANGIOBENCH_PRECOMPILE AND NOT ANGIOBENCH_FUZZERS)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    angiobench_quiet_headers(${target})
  endif()
endfunction()

# angiobench_precompiled_as(TARGET OTHER): uses the headers that OTHER precompiled; both have the same options.
function(angiobench_precompiled_as target other)
  if(ANGIOBENCH_PRECOMPILE AND NOT ANGIOBENCH_FUZZERS)
    target_precompile_headers(${target} REUSE_FROM ${other})
    angiobench_quiet_headers(${target})
  endif()
endfunction()
