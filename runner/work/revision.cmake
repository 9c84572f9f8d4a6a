# Writes REVISION_HEADER with the git revision of SOURCE_DIR, "-dirty" where files differ from it. Runs at every build and
# touches the file only when it changes.
cmake_policy(VERSION 3.25)
find_package(Git QUIET)
set(revision "")
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${SOURCE_DIR} describe --always --dirty --abbrev=12 --exclude=*
                  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT revision)
  set(revision "unknown")
endif()
file(CONFIGURE OUTPUT ${REVISION_HEADER} CONTENT "#pragma once\n#define DPSBENCH_REVISION \"@revision@\"\n" @ONLY)
