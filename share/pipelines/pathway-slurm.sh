# Trains the leaves of a model on a cluster, by an array of Slurm:
#
#     sh pathway-slurm.sh MODEL [OPTION OF pathway-fit]...
#
# Tasks take CHUNK leaves each (default: 100). Tasks of a node that fails are queued again by Slurm.
# Run it again for leaves whose task has failed for good.
set -eu
model=$1
shift
pathway-plan --load "$model" --jobs slurm --chunk "${CHUNK:-100}" "$@" | sbatch --wait || :
pathway-status --load "$model" --unfinished "$@" | sed 1d
pathway-status --load "$model" "$@" > /dev/null
