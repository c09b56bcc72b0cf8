# official.sh SEED: one row network,seed,steps,test_mse,seconds for the published network for hulls,
# rewritten in PyTorch, trained on the data and for the steps of task.sh convex-hull fixed 16384.
set -eu
here=$(dirname "$0")
task=convex-hull seed=$1
. "$here/settings.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
clifford-make "$task" --count 16384 --seed "$seed" -o "$work/train"
clifford-make "$task" --count "$validation" --seed "$((seed + 1000))" -o "$work/validation"
clifford-make "$task" --count "$test" --seed "$((seed + 2000))" -o "$work/test"
"$PYTHON" "$here/official.py" "$seed" "$steps" "$every" "$work/train" "$work/validation" "$work/test"
