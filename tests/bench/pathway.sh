# Prediction by the 64 leaves of a neural pathway, from CSV to CSV, against the same by numpy, whose
# predictions must be the same. The runs alternate; medians of the processor's time.
. "$srcdir/tests/pipeline/lib.sh"
have_numpy || skip "numpy is not installed"
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export OMP_NUM_THREADS OPENBLAS_NUM_THREADS
awk 'BEGIN { srand(1); print "a,b,c,d,y"; for (i = 0; i < 100000; i++) { a = rand(); b = rand(); c = rand()
    printf "%.6f,%.6f,%.6f,%.6f,%.6f\n", a, b, c, rand(), sin(9 * a) * b + c } }' > rows.csv
pathway-route --leaves 64 --branching 8 --target y --out model rows.csv
pathway-fit -q --all model --epochs 1
"$PYTHON" "$srcdir/tests/bench/pathway.py" model rows.csv
