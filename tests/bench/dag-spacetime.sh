# The rate of questions to an exact model of 10,000 nodes, and a training step of dag-spacetime against
# the same step in eager PyTorch (dag-spacetime.py).
. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS
graph-make dag --nodes 10000 --degree 4 > edges.csv
dag-spacetime -q --steps 10 edges.csv --model model -o events.csv
if "$PYTHON" -c 'import numpy' 2> /dev/null; then
    "$PYTHON" -c '
import numpy
numpy.save("pairs.npy", numpy.random.default_rng(0).integers(0, 9900, (5000000, 2), numpy.uint32))'
    dag-query --load model --relation-only --threads 1 pairs.npy --report report.json -o answers.npy
    say "$(sed -n 's/.*"queries_per_second":[[:space:]]*\([0-9]*\).*/queries a second, one core: \1 (>= 5000000)/p' report.json)"
fi
"$PYTHON" -c 'import torch' 2> /dev/null || skip "PyTorch is not installed"

"$PYTHON" "$srcdir/tests/bench/dag-spacetime.py" "$builddir/tests/bench/dag-spacetime" >&3
