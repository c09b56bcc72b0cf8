# Cuts rows into the cells of a new tree by several processes, where tesserae was built --with-mpi:
#
#     RANKS=4 sh pathway-mpi.sh ROWS.csv MODEL [OPTION OF pathway-route]...
#
# MODEL must be on a file system that all ranks see. Leaves are better trained without MPI, by
# pathway-parallel.sh, since one dead rank ends all others.
set -eu
rows=$1 model=$2
shift 2
mpirun ${MPIRUN_FLAGS-} -n "${RANKS:-2}" pathway-route --out "$model" "$@" "$rows"
