# SPDX-License-Identifier: MIT
# ccache where it is found, unless the user chose a launcher. Precompiled headers need the sloppiness below (ccache's
# manual, "Precompiled headers"); paths below the folder that holds the checkout are hashed relative, so that checkouts
# side by side share objects.
find_program(ANGIOBENCH_CCACHE ccache)
mark_as_advanced(ANGIOBENCH_CCACHE)
if(ANGIOBENCH_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  cmake_path(GET PROJECT_SOURCE_DIR PARENT_PATH angiobench_checkouts)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_NOHASHDIR=1 "CCACHE_BASEDIR=${angiobench_checkouts}" "${ANGIOBENCH_CCACHE}")
endif()
