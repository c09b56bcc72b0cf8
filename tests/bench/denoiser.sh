# Questions and answers through the pipes of the denoiser protocol: large tensors (the aim is 1 GB/s)
# and small questions, to a denoiser in C that does next to nothing, and to score-serve; beside plain
# pipes that carry as much.
. "$srcdir/tests/pipeline/lib.sh"

gaussian=$builddir/tests/pipeline/gaussian_denoiser
say "in C, large: $("$builddir/tests/bench/denoiser" "'$gaussian'" 1048576 16)"
say "in C, small: $("$builddir/tests/bench/denoiser" "'$gaussian'" 784 1)"
printf '%s\n' -1 1 > two.csv
say "score-serve: $("$builddir/tests/bench/denoiser" "score-serve --data two.csv" 1 1)"
