# The ops of the tape against CBLAS, memory bandwidth and plain loops; see engine.c.
. "$srcdir/tests/pipeline/lib.sh"

"$builddir/tests/bench/engine" >&3
