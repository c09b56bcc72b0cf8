# The ranks' unit test in more than one process.
. "$srcdir/tests/pipeline/lib.sh"

[ "${WITH_MPI-}" = yes ] || skip "configured without MPI (--with-mpi)"
command -v mpirun > /dev/null || skip "there is no mpirun"

# As root and with more ranks than processors only where it must be: OpenMPI asks to be told.
mpirun --version | grep -q 'Open MPI' && set -- --allow-run-as-root --oversubscribe || set --

for count in 1 2 3; do
    check "$count ranks" mpirun "$@" -n "$count" env RANKS_EXPECTED=$count \
        "$builddir/tests/unit/test_ranks"
done
check "two ranks are noticed to be too few" sh -c '! "$@"' - \
    mpirun "$@" -n 2 env RANKS_EXPECTED=3 "$builddir/tests/unit/test_ranks"
finish
