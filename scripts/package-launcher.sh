# Sourced by the wrappers of a package made by scripts/package: finds torch and starts the package's programs with it.
# shellcheck shell=bash disable=SC2050  # @FLAVOUR@ is filled in by scripts/package
#   LIBTORCH_ROOT   a 'torch' folder to use; else that of python3's torch (PYTHON names another Python)
package=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
torch=${LIBTORCH_ROOT:-$("${PYTHON:-python3}" -c 'import importlib.util, os; print(os.path.dirname(importlib.util.find_spec("torch").origin))' 2>/dev/null)}
if [ ! -e "$torch/lib/libtorch_cpu.so" ]; then
  echo "dpsbench: no torch: 'pip install torch==@TORCH_VERSION@' for ${PYTHON:-python3}, or set LIBTORCH_ROOT to a torch folder" >&2
  exit 2
fi
if [ @FLAVOUR@ = cuda ] && [ ! -e "$torch/lib/libtorch_cuda.so" ]; then
  echo "dpsbench: $torch is a torch for CPUs: this package is for one with CUDA" >&2
  exit 2
fi
of_torch=$torch/lib
for folder in "$torch"/../nvidia/*/lib; do [ ! -d "$folder" ] || of_torch=$of_torch:$folder; done
export LD_LIBRARY_PATH=$package/lib:$of_torch${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export OPAL_PREFIX=$package/mpi OMPI_MCA_mca_base_component_path=$package/mpi/lib/openmpi3 OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
if [ "$(id -u)" = 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi

# by_fitting_libc PROGRAM ARGUMENTS: by the system's C library, or where that is too old by the one in base/
by_fitting_libc() {
  local program=$1
  shift
  if ldd "$program" 2>&1 | grep -q "version .* not found"; then
    exec "$package/base/ld-linux-x86-64.so.2" --library-path "$package/lib:$package/base:$of_torch:/usr/local/nvidia/lib64:/usr/lib/x86_64-linux-gnu" \
      "$program" "$@"
  fi
  exec "$program" "$@"
}

# start PROGRAM ARGUMENTS: one of the package's
start() { by_fitting_libc "$package/bin/$1" "${@:2}"; }

# start_ranks N ARGUMENTS: so many processes of dpsbench on this machine. Open MPI wants a program that reaches other machines to be
# there, ssh, though it asks none; a bare machine has none.
start_ranks() {
  by_fitting_libc "$package/mpi/bin/orterun" -n "$1" --oversubscribe --bind-to none --mca pml ob1 --mca btl self,vader --mca plm_rsh_agent true \
    "$package/dpsbench" "${@:2}"
}
