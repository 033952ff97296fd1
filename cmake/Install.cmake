# SPDX-License-Identifier: MIT
include(CMakePackageConfigHelpers)
install(TARGETS angiobench RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS angiobench_module_media LIBRARY DESTINATION lib/angiobench)
install(TARGETS angiobench_module_baselines LIBRARY DESTINATION lib/angiobench)
install(TARGETS angiobench_dataset angiobench_evaluator angiobench_reports angiobench_warnings
        EXPORT angiobenchTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(folder IN ITEMS dataset evaluator reports)
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/angiobench FILES_MATCHING PATTERN "*.h")
endforeach()
install(EXPORT angiobenchTargets NAMESPACE angiobench:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/angiobench)
configure_package_config_file(cmake/angiobenchConfig.cmake.in angiobenchConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/angiobench)
write_basic_package_version_file(angiobenchConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/angiobenchConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/angiobenchConfigVersion.cmake"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/angiobench)
