# Imported targets for the LibTorch of a torch wheel or of a LibTorch archive.
#   torch::cpu   headers, libtorch_cpu, libc10; needs no CUDA toolkit
#   torch::cuda  torch::cpu and libtorch_cuda, kept although no symbol of it is referenced
# Not find_package(Torch): it enables CUDA unasked, overrides the architectures, probes for a GPU and always links CUDA.
set(LIBTORCH_ROOT "$ENV{LIBTORCH_ROOT}" CACHE PATH "The 'torch' folder of an unpacked wheel, or a LibTorch archive's folder")
if(NOT LIBTORCH_ROOT AND SKBUILD)  # pip builds against the torch of the environment it installs into
  execute_process(COMMAND ${DPSBENCH_PYTHON} -E ${PROJECT_SOURCE_DIR}/python/find_torch.py OUTPUT_VARIABLE python_torch)
  string(REGEX MATCH "^[^\n]*" LIBTORCH_ROOT "${python_torch}")
endif()
if(NOT LIBTORCH_ROOT)
  find_path(libtorch_header ATen/ATen.h PATH_SUFFIXES include)
  if(libtorch_header)
    get_filename_component(LIBTORCH_ROOT "${libtorch_header}/.." ABSOLUTE)
  endif()
endif()
if(NOT EXISTS "${LIBTORCH_ROOT}/include/ATen/ATen.h")
  message(FATAL_ERROR "LibTorch not found: LIBTORCH_ROOT='${LIBTORCH_ROOT}' has no include/ATen/ATen.h.\n"
                      "Run scripts/bootstrap, or give -DLIBTORCH_ROOT=... or -DCMAKE_PREFIX_PATH=...")
endif()
# A whole torch brings headers of another fmt, which would shadow the system's: those of the others, as links.
set(libtorch_include "${LIBTORCH_ROOT}/include")
if(EXISTS "${libtorch_include}/fmt")
  file(GLOB entries "${libtorch_include}/*")
  set(libtorch_include "${CMAKE_BINARY_DIR}/libtorch_include")
  file(MAKE_DIRECTORY "${libtorch_include}")
  foreach(entry IN LISTS entries)
    get_filename_component(name "${entry}" NAME)
    if(NOT name MATCHES "^(fmt|google)$")
      file(CREATE_LINK "${entry}" "${libtorch_include}/${name}" SYMBOLIC)
    endif()
  endforeach()
endif()

# Libraries that LibTorch needs, for the link step only: at run time its own rpath finds them.
file(GLOB nvidia_libraries "${LIBTORCH_ROOT}/../nvidia/*/lib")
list(APPEND nvidia_libraries /usr/local/cuda/lib64)
set(rpath_links "")
foreach(folder IN LISTS nvidia_libraries)
  if(EXISTS "${folder}")
    list(APPEND rpath_links "LINKER:-rpath-link,${folder}")
  endif()
endforeach()

foreach(name c10 torch_cpu)
  add_library(torch::${name} SHARED IMPORTED)
  set_target_properties(torch::${name} PROPERTIES IMPORTED_LOCATION "${LIBTORCH_ROOT}/lib/lib${name}.so")
endforeach()
add_library(torch::cpu INTERFACE IMPORTED)
set_target_properties(torch::cpu PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${libtorch_include};${libtorch_include}/torch/csrc/api/include"
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${libtorch_include};${libtorch_include}/torch/csrc/api/include"
  INTERFACE_LINK_OPTIONS "${rpath_links}"
  INTERFACE_LINK_LIBRARIES "torch::torch_cpu;torch::c10")
if(EXISTS "${LIBTORCH_ROOT}/lib/libtorch_cuda.so")
  add_library(torch::c10_cuda SHARED IMPORTED)
  set_target_properties(torch::c10_cuda PROPERTIES IMPORTED_LOCATION "${LIBTORCH_ROOT}/lib/libc10_cuda.so")
  add_library(torch::cuda INTERFACE IMPORTED)
  set_target_properties(torch::cuda PROPERTIES
    INTERFACE_LINK_LIBRARIES "torch::cpu;torch::c10_cuda"
    INTERFACE_LINK_OPTIONS "LINKER:--push-state,--no-as-needed;${LIBTORCH_ROOT}/lib/libtorch_cuda.so;LINKER:--pop-state")
endif()
message(STATUS "LibTorch at ${LIBTORCH_ROOT}")
