# SPDX-License-Identifier: MIT
# angiobench_embed(TARGET NAME FILES...) puts text files into a library as
#   std::span<const angiobench::EmbeddedFile> angiobench::embedded_NAME();
# The declaration goes into the header of whoever uses it; see dataset/files/embedded_file.h.
function(angiobench_embed target name)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp")
  set(files "")
  foreach(file IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND files "${file}")
  endforeach()
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DNAME=${name}" "-DOUTPUT=${output}" "-DFILES=${files}"
            -P "${PROJECT_SOURCE_DIR}/cmake/EmbedFilesScript.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/EmbedFilesScript.cmake"
    COMMENT "Embedding ${name}"
    VERBATIM)
  set_source_files_properties("${output}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)  # their names are the same
  target_sources(${target} PRIVATE "${output}")
endfunction()
