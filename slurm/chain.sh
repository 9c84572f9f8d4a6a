#!/usr/bin/env bash
# Submits a run and the report that follows it, from the folder where the jobs shall work.
#   slurm/chain.sh EXPERIMENT OUTPUT [options of sbatch for the run] [-- options of dpsbench run]
#   slurm/chain.sh experiments/table2-ffhq.yaml output/table2 --nodes=8 --time=12:00:00
#   slurm/chain.sh experiments/table2-ffhq.yaml output/table2 --array=1-8
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export DPSBENCH_SITE=${DPSBENCH_SITE:-$here/site.sh}
. "$DPSBENCH_SITE"
[ $# -ge 2 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
experiment=$1 output=$2
shift 2
options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
[ $# -eq 0 ] || shift

# The log of each job goes to OUTPUT/slurm. In sbatch's patterns "%" of the path itself is written twice; a backslash, written
# twice too, turns all of a pattern off.
mkdir -p -- "$output/slurm"
log_of() {
  case $output in
    *\\*) printf '%s' "--output=${output//\\/\\\\}/slurm/$1.log" ;;
    *) printf '%s' "--output=${output//%/%%}/slurm/%x-%j.log" ;;
  esac
}

# The report's job, which needs no GPU, puts the results together: the run's GPUs do not wait for one process that writes.
run=$(sbatch --parsable "$(log_of dpsbench)" "${RUN_OPTIONS[@]}" "${options[@]}" "$here/run.sbatch" "$experiment" "$output" \
  --no-consolidate "$@")
run=${run%%;*}
# afterany: a run with failed units is reported too
report=$(sbatch --parsable "$(log_of dpsbench-report)" "${REPORT_OPTIONS[@]}" --dependency="afterany:$run" "$here/report.sbatch" "$output")
echo "run: job $run, then report: job ${report%%;*}" || exit 74  # submitted, but nobody was told
