# Reading of CSV and of NPY through a pipe, against numpy. The runs alternate; medians of each.
. "$srcdir/tests/pipeline/lib.sh"
have_numpy || skip "numpy is not installed"
"$PYTHON" "$srcdir/tests/bench/reading.py" "$builddir/tests/bench/reading"
