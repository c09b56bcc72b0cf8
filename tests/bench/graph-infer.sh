# A training step over four spaces, on as many items as cora has nodes, against eager PyTorch with the
# same threads; see graph-infer.py. PEERS names interpreters with other versions of PyTorch.
. "$srcdir/tests/pipeline/lib.sh"
"$PYTHON" -c 'import torch' 2> /dev/null || skip "PyTorch is not installed"

: "${BENCH_RUNS:=5}" "${BENCH_THREADS:=2}"
export BENCH_RUNS BENCH_THREADS
for python in "$PYTHON" ${PEERS-}; do
    PYTHONPATH="$srcdir/tests/bench" "$python" "$srcdir/tests/bench/graph-infer.py" \
        "$builddir/tests/bench/graph-infer" 2708 128 10 3 >&3
done
