# A program has one CUDA runtime: the toolkit's major version has to be the one that LibTorch was built for, of which its
# version.py speaks. Also a script, for tests: cmake -DLIBTORCH_ROOT=TORCH -DTOOLKIT=13.0.88 -P cmake/CudaOfLibTorch.cmake
function(dpsbench_check_cuda_of_libtorch toolkit)
  if(NOT EXISTS "${LIBTORCH_ROOT}/version.py")
    return()
  endif()
  file(STRINGS "${LIBTORCH_ROOT}/version.py" line REGEX "^cuda")
  if(NOT line MATCHES "'([0-9]+)(\\.[0-9.]+)'") # None: of a LibTorch for CPUs
    return()
  endif()
  set(major ${CMAKE_MATCH_1})
  set(version ${major}${CMAKE_MATCH_2})
  if(NOT toolkit MATCHES "^${major}\\.")
    message(FATAL_ERROR "LibTorch is built for CUDA ${version}, the toolkit is CUDA ${toolkit}.\n"
                        "Give -DCMAKE_CUDA_COMPILER=.../nvcc of another toolkit, or -DLIBTORCH_ROOT=... of another LibTorch than "
                        "${LIBTORCH_ROOT}, or -DDPSBENCH_CUDA=OFF for CPUs")
  endif()
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  dpsbench_check_cuda_of_libtorch(${TOOLKIT})
endif()
