# What DPSBENCH_PYTHON brings for the extension module:
#   DPSBENCH_PYTHON_TORCH    its torch's folder; empty: the module cannot be built, and
#   DPSBENCH_WITHOUT_PYTHON_MODULE   says why
#   DPSBENCH_PYTHON_INCLUDE, DPSBENCH_PYTHON_SUFFIX
set(DPSBENCH_PYTHON_TORCH "")
# -E: a build in isolation hides the packages that are installed by PYTHONPATH
execute_process(COMMAND ${DPSBENCH_PYTHON} -E ${PROJECT_SOURCE_DIR}/python/find_torch.py
                OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
if(failed)
  set(DPSBENCH_WITHOUT_PYTHON_MODULE "${DPSBENCH_PYTHON} does not run")
  return()
endif()
string(REPLACE "\n" ";" found "${found}")
list(GET found 0 python_torch)
list(GET found 1 DPSBENCH_PYTHON_INCLUDE)
list(GET found 2 DPSBENCH_PYTHON_SUFFIX)
if(NOT python_torch)
  set(DPSBENCH_WITHOUT_PYTHON_MODULE "${DPSBENCH_PYTHON} has no torch: scripts/bootstrap python sets one up")
elseif(NOT DPSBENCH_PYTHON_INCLUDE)
  set(DPSBENCH_WITHOUT_PYTHON_MODULE "${DPSBENCH_PYTHON} has no headers (Debian: python3-dev)")
elseif(NOT EXISTS "${python_torch}/lib/libtorch_python.so")
  set(DPSBENCH_WITHOUT_PYTHON_MODULE "${python_torch} has no lib/libtorch_python.so")
else()
  file(SHA256 "${python_torch}/version.py" of_python)
  if(EXISTS "${LIBTORCH_ROOT}/version.py")
    file(SHA256 "${LIBTORCH_ROOT}/version.py" of_libtorch)
  endif()
  if(of_python STREQUAL of_libtorch)
    set(DPSBENCH_PYTHON_TORCH "${python_torch}")
  else()
    set(DPSBENCH_WITHOUT_PYTHON_MODULE "its torch at ${python_torch} is another version than LibTorch at ${LIBTORCH_ROOT}")
  endif()
endif()
