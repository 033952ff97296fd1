# SPDX-License-Identifier: MIT
# A target's sources compiled in batches: what costs most of a build, the templates of nlohmann_json and GoogleTest, is
# then worked out once for each batch. For whoever builds all; who edits builds with it OFF (preset `dev`), as does
# `no-torch`, so that each file also stands alone. Names in anonymous namespaces are told apart within a target: two
# files of one that define the same name end up in one batch sooner or later (GCC says "redefinition of …").
option(ANGIOBENCH_UNITY "Compile the sources of a target in batches" OFF)
if(ANGIOBENCH_UNITY)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-subobject-linkage)  # a source of a batch looks like a header to it
  endif()
endif()

# angiobench_alone(SOURCES...): sources that are never part of a batch, for they share names by design (the verbs'
# `run` and `help_page`, the numbers of random streams).
function(angiobench_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# angiobench_by_function(TARGET): a linker can leave out each function that a module does not use (--gc-sections), whether
# or not its neighbours in a batch are used.
function(angiobench_by_function target)
  target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
endfunction()
