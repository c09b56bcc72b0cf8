# The sparse product of message passing against the bandwidth of memory; see spmm.c.
. "$srcdir/tests/pipeline/lib.sh"

for threads in 1 2; do
    OMP_NUM_THREADS=$threads "$builddir/tests/bench/spmm" >&3
done
OMP_NUM_THREADS=2 "$builddir/tests/bench/spmm" 1000000 7000000 >&3 # X is larger than most caches
