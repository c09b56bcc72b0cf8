# The reachability index against a breadth-first search per query on graphs of 10,000 nodes; see
# reachability.c. Fails where it is wrong, or less than ten times as fast as searches that meet a
# hundred nodes or more. BENCH_DAG names an edge list to try too.
. "$srcdir/tests/pipeline/lib.sh"

compare() {
    "$@" > edges.csv && "$builddir/tests/bench/reachability" edges.csv >&3 || exit
}

compare graph-make dag --nodes 10000 --degree 3
compare graph-make dag --nodes 10000 --degree 10
compare graph-make dag --nodes 10000 --degree 100
compare graph-make grid --nodes 10000
if [ -n "${BENCH_DAG-}" ]; then compare cat "$BENCH_DAG"; fi
