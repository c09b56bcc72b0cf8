# official.sh SEED: rows network,seed,steps,test_mse,seconds for the published network for hulls,
# rewritten in PyTorch, and for ours, trained on the same 16,384 hulls for the same steps (an eighth
# of those of task.sh) with the same two evaluations.
set -eu
here=$(dirname "$0")
task=convex-hull seed=$1
. "$here/settings.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
steps=$(((steps + 7) / 8))
every=$(((steps + 1) / 2))
clifford-make "$task" --count 16384 --seed "$seed" -o "$work/train"
clifford-make "$task" --count "$validation" --seed "$((seed + 1000))" -o "$work/validation"
clifford-make "$task" --count "$test" --seed "$((seed + 2000))" -o "$work/test"
clifford-fit --quiet --threads 1 --seed "$seed" $options --steps "$steps" \
    --evaluate-every "$every" --validation "$work/validation" --report "$work/fit.json" \
    "$work/train" -o "$work/model"
clifford-predict --threads 1 --load "$work/model" --report "$work/test.json" \
    "$work/test" -o /dev/null
echo "ours,$seed,$steps,$(figure "$work/test.json" test_mse),$(figure "$work/fit.json" cpu_s)"
"$PYTHON" "$here/official.py" "$seed" "$steps" "$every" "$work/train" \
    "$work/validation" "$work/test"
