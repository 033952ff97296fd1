# SPDX-License-Identifier: MIT
include(CMakePackageConfigHelpers)
install(TARGETS angiobench RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT core)
install(TARGETS angiobench_module_media LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/angiobench COMPONENT modules)
install(TARGETS angiobench_module_baselines LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/angiobench COMPONENT modules)
if(ANGIOBENCH_HAVE_DICOM)
  install(TARGETS angiobench_module_dicom LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/angiobench COMPONENT modules)
endif()

# angiobench::dataset, angiobench::evaluator, angiobench::reports: for who builds with the sources, and once installed.
foreach(library IN ITEMS dataset evaluator reports warnings)
  add_library(angiobench::${library} ALIAS angiobench_${library})
  set_target_properties(angiobench_${library} PROPERTIES EXPORT_NAME ${library})
endforeach()
install(TARGETS angiobench_dataset angiobench_evaluator angiobench_reports angiobench_warnings
        EXPORT angiobenchTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)

# What other programs may use, and what that needs: one header that scores, and these. Nothing else is installed.
set(angiobench_public_headers
  dataset/benchmark.h
  dataset/masks/mask_source.h
  evaluator/comparing/comparison.h
  evaluator/comparing/gate.h
  evaluator/scoring/explanation.h
  evaluator/scoring/submission.h
  reports/csv.h
  reports/headline.h
  reports/html/report.h
  reports/html/result_folder.h
  reports/result_json.h
)
set(seen "")
set(open ${angiobench_public_headers})
while(open)
  list(POP_FRONT open header)
  if(header IN_LIST seen)
    continue()
  endif()
  list(APPEND seen "${header}")
  file(STRINGS "${PROJECT_SOURCE_DIR}/${header}" includes REGEX "^#include \"")
  foreach(line IN LISTS includes)
    string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" included "${line}")
    list(APPEND open "${included}")
  endforeach()
  cmake_path(GET header PARENT_PATH folder)
  install(FILES "${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/angiobench/${folder}" COMPONENT development)
endwhile()
file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/score.h" CONTENT "// SPDX-License-Identifier: MIT
#pragma once

// Scores a submission and writes its result: angiobench::score_submission, angiobench::ResultFolder.
#include \"angiobench/evaluator/scoring/submission.h\"
#include \"angiobench/reports/html/result_folder.h\"
#include \"angiobench/reports/result_json.h\"
")
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/score.h" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/angiobench COMPONENT development)

install(EXPORT angiobenchTargets NAMESPACE angiobench:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/angiobench COMPONENT development)
configure_package_config_file(cmake/angiobenchConfig.cmake.in angiobenchConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/angiobench)
write_basic_package_version_file(angiobenchConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/angiobenchConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/angiobenchConfigVersion.cmake"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/angiobench COMPONENT development)

# Each package has the licence of its own.
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/angiobench" RENAME copyright COMPONENT core)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/angiobench-baselines" RENAME copyright COMPONENT modules)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/libangiobench-dev" RENAME copyright COMPONENT development)
include(Package)
