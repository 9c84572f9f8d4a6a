# Sourced: settings under which MPI ranks and threads do not fight on one machine.
export OMP_WAIT_POLICY=passive
if [ "$(id -u)" = 0 ]; then  # OpenMPI refuses root (a container's only user) unless told twice
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
