# All-pairs shortest paths against SciPy: unweighted, of the graph in BENCH_EDGES or one that is
# made, and weighted.
. "$srcdir/tests/pipeline/lib.sh"
"$PYTHON" -c 'import numpy, scipy' 2> /dev/null || skip "SciPy is not installed"

"$PYTHON" "$srcdir/tests/bench/graph-distance.py" ${BENCH_EDGES+"$BENCH_EDGES"} || exit
graph-make geometric --nodes 2500 --weight euclidean > edges.csv &&
    "$PYTHON" "$srcdir/tests/bench/graph-distance.py" --runs 3 edges.csv
