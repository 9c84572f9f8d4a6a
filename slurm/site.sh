# What differs between clusters, in one place. Sourced by chain.sh before it submits and by every job before it runs.
# A copy of your own: DPSBENCH_SITE=/path/to/site.sh, or dpsbench submit --site FILE.

# How sbatch is asked; any variable that sbatch reads will do (man sbatch, INPUT ENVIRONMENT VARIABLES).
# export SBATCH_ACCOUNT=my-project
# export SBATCH_PARTITION=gpu
# export SBATCH_QOS=normal

# Options of the job that samples and of the one that writes the report.
RUN_OPTIONS=()          # e.g. (--gpus-per-node=4)
REPORT_OPTIONS=()       # e.g. (--partition=cpu)

# Modules and libraries that dpsbench needs on a compute node.
# module load gcc openmpi hdf5 cuda
# export LD_LIBRARY_PATH=$HOME/opt/lib:${LD_LIBRARY_PATH:-}

# Where experiments find images and networks.
# export DPSBENCH_DATA=/project/data
# export DPSBENCH_WEIGHTS=/project/weights

# The program, and how srun starts it: one rank a GPU, or where there are none one rank a core.
export DPSBENCH=${DPSBENCH:-build/release/dpsbench}
RANKS_PER_NODE=${RANKS_PER_NODE:-${SLURM_GPUS_ON_NODE:-${SLURM_CPUS_ON_NODE:-1}}}
SRUN_OPTIONS=(--mpi=pmix)
