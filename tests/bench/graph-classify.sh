# An epoch on a graph of ogbn-arxiv's size, 6 blocks of width 256, against eager PyTorch with the
# same threads; see graph-classify.py. PEERS names interpreters with other versions of PyTorch.
. "$srcdir/tests/pipeline/lib.sh"
"$PYTHON" -c 'import torch' 2> /dev/null || skip "PyTorch is not installed"

: "${BENCH_RUNS:=3}" "${BENCH_THREADS:=2}"
export BENCH_RUNS BENCH_THREADS
graph-make sbm --blocks 40 --nodes 169343 --edges 1166243 --features 128 --out big
for python in "$PYTHON" ${PEERS-}; do
    wanted=2
    "$python" -c 'import sys, torch; sys.exit(torch.__version__ >= "2")' && wanted=4
    PYTHONPATH="$srcdir/tests/bench" "$python" "$srcdir/tests/bench/graph-classify.py" \
        "$builddir/tests/bench/graph-classify" big 6 256 $wanted >&3
done
