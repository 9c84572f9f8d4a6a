# Libraries that are headers alone: the system's, or where it has none those of Debian 12, fetched once by exact version and
# SHA-256 (as Debian's signed index of packages has it) and unpacked in the build folder; no root, any distribution.
#   DPSBENCH_FETCH            OFF: never fetch
#   DPSBENCH_FETCHED          those of CLI11;nlohmann_json;Random123 to be fetched though the system has them
#   DPSBENCH_DEBIAN_MIRROR    where from
#   DPSBENCH_HEADERS          where to; a folder filled elsewhere serves a machine without a network
option(DPSBENCH_FETCH "Fetch libraries of headers alone that the system lacks" ON)
set(DPSBENCH_FETCHED "" CACHE STRING "Of CLI11;nlohmann_json;Random123 those to be fetched though the system has them")
set(DPSBENCH_DEBIAN_MIRROR https://deb.debian.org/debian CACHE STRING "A mirror of Debian, for libraries of headers alone")
set(DPSBENCH_HEADERS ${CMAKE_BINARY_DIR}/headers CACHE PATH "Folder of fetched libraries of headers alone")

# Leaves the include folder of a package in <name>_FETCHED. `probe`: one of its headers.
function(dpsbench_fetch_headers name probe package sha256)
  set(folder ${DPSBENCH_HEADERS}/${name})
  set(${name}_FETCHED ${folder}/usr/include PARENT_SCOPE)
  if(EXISTS ${folder}/usr/include/${probe})
    return()
  endif()
  if(NOT DPSBENCH_FETCH)
    message(FATAL_ERROR "${name} not found (${probe}), and DPSBENCH_FETCH is OFF")
  endif()
  get_filename_component(file ${package} NAME)
  message(STATUS "${name}: not found, fetching ${file}")
  file(DOWNLOAD ${DPSBENCH_DEBIAN_MIRROR}/${package} ${folder}/${file} STATUS status TLS_VERIFY ON TIMEOUT 120)
  list(GET status 0 code)
  if(NOT code EQUAL 0)
    file(REMOVE_RECURSE ${folder})
    list(GET status 1 reason)
    message(FATAL_ERROR "${name} not found (${probe}), and ${DPSBENCH_DEBIAN_MIRROR}/${package} cannot be fetched: ${reason}.\n"
                        "Install it, give -DCMAKE_PREFIX_PATH=..., or another -DDPSBENCH_DEBIAN_MIRROR=...")
  endif()
  file(SHA256 ${folder}/${file} found)
  if(NOT found STREQUAL sha256)
    file(REMOVE_RECURSE ${folder})
    message(FATAL_ERROR "${DPSBENCH_DEBIAN_MIRROR}/${package}: SHA-256 ${found}, not ${sha256}: refused")
  endif()
  file(ARCHIVE_EXTRACT INPUT ${folder}/${file} DESTINATION ${folder}/parts)
  file(ARCHIVE_EXTRACT INPUT ${folder}/parts/data.tar.xz DESTINATION ${folder})
  file(REMOVE_RECURSE ${folder}/parts)
endfunction()

function(dpsbench_header_library target folder)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} SYSTEM INTERFACE ${folder})
endfunction()

if(NOT CLI11 IN_LIST DPSBENCH_FETCHED)
  find_package(CLI11 QUIET)
endif()
if(NOT TARGET CLI11::CLI11)
  dpsbench_fetch_headers(CLI11 CLI/CLI.hpp pool/main/c/cli11/libcli11-dev_2.1.2+ds-1_all.deb
    f1f6ee9ec053e0e0bcec47345e241b6a8ee006321248b4329e9ce88d2b4b64a8)
  dpsbench_header_library(CLI11::CLI11 ${CLI11_FETCHED})
endif()

if(NOT nlohmann_json IN_LIST DPSBENCH_FETCHED)
  find_package(nlohmann_json QUIET)
endif()
if(NOT TARGET nlohmann_json::nlohmann_json)
  dpsbench_fetch_headers(nlohmann_json nlohmann/json.hpp pool/main/n/nlohmann-json3/nlohmann-json3-dev_3.11.2-2_all.deb
    ec57940def6b6186c30be0e0ee81d1e58f86d11a54a145b28686a1e3e4aae801)
  dpsbench_header_library(nlohmann_json::nlohmann_json ${nlohmann_json_FETCHED})
endif()

if(NOT Random123 IN_LIST DPSBENCH_FETCHED)
  find_path(RANDOM123_INCLUDE_DIR Random123/philox.h)
endif()
if(NOT RANDOM123_INCLUDE_DIR)
  dpsbench_fetch_headers(Random123 Random123/philox.h pool/main/libr/librandom123/librandom123-dev_1.14.0+dfsg-4_all.deb
    47439c9220098f49684be81f700e328f080e0a7028f6bd704ca47e108dff5b19)
  set(RANDOM123_INCLUDE_DIR ${Random123_FETCHED} CACHE PATH "Folder of Random123/philox.h" FORCE)
endif()
