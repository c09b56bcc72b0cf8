# A training step of graph-embed against the same step in eager PyTorch; see graph-embed.py.
. "$srcdir/tests/pipeline/lib.sh"
"$PYTHON" -c 'import torch' 2> /dev/null || skip "PyTorch is not installed"

"$PYTHON" "$srcdir/tests/bench/graph-embed.py" "$builddir/tests/bench/graph-embed" 200000 >&3
