# Smoothed closed-form sampling of Fashion-MNIST, or of made images, against PyTorch; how near the
# early steps come to the fastest product; a million rows by an inverted index.
#
#   BENCH_PYTHONS   interpreters that have PyTorch, separated by spaces (default: $PYTHON)
#   BENCH_COUNT     samples (default 64); BENCH_STEPS steps (default 100); BENCH_RUNS (default 3)
#   BENCH_ROWS      rows of the index (default 1000000); 0 leaves it out
. "$srcdir/tests/pipeline/lib.sh"
images=/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz
if [ -e $images ]; then
    tensor-convert -f npy $images -o x.npy
else
    awk 'BEGIN { srand(1); for (i = 0; i < 10000; i++) { a = 0.2 + rand(); for (j = 0; j < 784; j++)
        printf "%d%s", 128 + 127 * sin(j * a), j < 783 ? "," : "\n" } }' |
        tensor-convert --reshape -1x28x28 --dtype uint8 -f npy > x.npy
fi
BENCH_NOISE=$builddir/tests/bench/score-sample
export BENCH_NOISE
threads=${OMP_NUM_THREADS:-$(nproc)}
found=no
for python in ${BENCH_PYTHONS:-$PYTHON}; do
    "$python" -c 'import torch, numpy' 2> /dev/null || continue
    found=yes
    "$python" "$srcdir/tests/bench/score-sample.py" x.npy ${BENCH_COUNT:-64} ${BENCH_STEPS:-100} 0.3 8 \
        "$threads" ${BENCH_RUNS:-3} || exit
done
[ $found = yes ] || echo "left out, for want of PyTorch: the comparison"

set -- $("$BENCH_NOISE" dense x.npy 128 8)
echo "early steps of 128 samples, threads $threads: $1 GFLOP/s in all, the fastest product $2;" \
    "median ratio of neighbouring runs $3"

rows=${BENCH_ROWS:-1000000}
if [ "$rows" -gt 0 ] && "$PYTHON" -c 'import numpy' 2> /dev/null; then
    "$PYTHON" -c "import numpy
r = numpy.random.default_rng(1); n = $rows
c = r.normal(size=(100, 64)); numpy.save('rows.npy', (c[r.integers(100, size=n)]
    + 0.3 * r.normal(size=(n, 64))).astype('float32'))"
    score-sample --data rows.npy --sigma 0.1 --perturbations 4 --neighbors 32 --random 64 --index ivf \
        --steps 50 --count 64 -q --report index.json -o samples.npy || exit
    value() {
        sed -n "s/.*\"$1\":[[:space:]]*\([0-9.]*\).*/\1/p" index.json
    }
    echo "$rows rows of 64, inverted index, 50 steps, 4 perturbations: $(value samples_per_second)" \
        "samples per second once it is made, $(value wall_s) s in all;" \
        "peak $(value peak_bytes | awk '{ print int($1 / 1048576) }') MiB"
fi
