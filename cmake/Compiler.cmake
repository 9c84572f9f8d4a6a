# How our own code is compiled: C++20, warnings are errors, no contraction of a * b + c (so that CPU and GPU noise agree
# and so that results do not depend on what the optimiser fuses).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

find_program(CCACHE ccache)
if(CCACHE)
  # a precompiled header needs the first two; the third lets two folders share the objects of
  # what is not compiled in groups (CMake's unity files hold absolute paths)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
               CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
               CCACHE_DEPEND=1 ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${launcher})
endif()
find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  message(FATAL_ERROR "dpsbench is for x86-64 with AVX2, not for ${CMAKE_SYSTEM_PROCESSOR}: the kernels of convolutions are written for it")
endif()
set(DPSBENCH_ARCH x86-64-v3 CACHE STRING "-march of our own code: v3 (AVX2) is on every machine an A100 sits in")
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-march=${DPSBENCH_ARCH}> $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>)
# loops with roots and comparisons may be vectorised: no one reads errno or the floating-point exceptions
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-math-errno> $<$<COMPILE_LANGUAGE:CXX>:-fno-trapping-math>)
# at::parallel_for is serial in code compiled without OpenMP; the library itself is the one that LibTorch brings
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fopenmp>)
add_link_options($<$<LINK_LANGUAGE:CXX>:-fopenmp>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
endif()
if(DPSBENCH_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "DPSBENCH_FUZZ needs Clang: configure with the preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined)
endif()
if(DPSBENCH_SANITIZE)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fsanitize=address,undefined> $<$<COMPILE_LANGUAGE:CXX>:-fno-omit-frame-pointer>)
  add_link_options(-fsanitize=address,undefined)
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
  # GCC takes what the sanitizers insert for uses of uninitialised memory
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
endif()
