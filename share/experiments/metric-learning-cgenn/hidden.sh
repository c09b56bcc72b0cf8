# hidden.sh TASK METRIC SEED: one row task,metric,seed,steps,test_mse,metric_error of a network that
# sees all vectors through the random map SEED; the log is kept beside, for the plot.
set -eu
here=$(dirname "$0")
task=$1 metric=$2 seed=$3
. "$here/settings.sh"
log=hidden/$task/$metric/$seed.log
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make_samples() {
    clifford-make "$task" --hidden-map "$seed" --count "$1" --seed "$2" \
        --true-metric "$work/true.npy" -o "$work/$3"
}
make_samples 16384 "$seed" train
make_samples "$validation" "$((seed + 1000))" validation
make_samples "$test" "$((seed + 2000))" test
clifford-fit --quiet --threads 1 --seed "$seed" $options --evaluate-every "$(((steps + 63) / 64))" \
    --validation "$work/validation" --log "$log" "$work/train" -o "$work/model"
clifford-predict --threads 1 --load "$work/model" --report "$work/test.json" \
    "$work/test" -o /dev/null
clifford-check --threads 1 --load "$work/model" --true-metric "$work/true.npy" |
    awk -F, -v row="$task,$metric,$seed,$steps,$(figure "$work/test.json" test_mse)" '
        $1 == "metric_error" { print row "," $2 }'
