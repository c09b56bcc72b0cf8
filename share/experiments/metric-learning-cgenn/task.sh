# task.sh TASK METRIC COUNT SEED: one row task,metric,count,seed,steps,test_mse,spread,seconds of a
# network trained on COUNT samples; spread is the largest eigenvalue over the least, signs
# aside.
set -eu
here=$(dirname "$0")
task=$1 metric=$2 count=$3 seed=$4
. "$here/settings.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
clifford-make "$task" --count "$count" --seed "$seed" -o "$work/train"
clifford-make "$task" --count "$validation" --seed "$((seed + 1000))" -o "$work/validation"
clifford-make "$task" --count "$test" --seed "$((seed + 2000))" -o "$work/test"
clifford-fit --quiet --threads 1 --seed "$seed" $options --validation "$work/validation" \
    --report "$work/fit.json" "$work/train" -o "$work/model"
clifford-predict --threads 1 --load "$work/model" --report "$work/test.json" \
    "$work/test" -o /dev/null
awk -v row="$task,$metric,$count,$seed,$steps,$(figure "$work/test.json" test_mse)" \
    -v seconds="$(figure "$work/fit.json" cpu_s)" '
    /"eigenvalues"/ { wanted = 1 }
    wanted && match($0, /\[.*\]/) {
        n = split(substr($0, RSTART + 1, RLENGTH - 2), value, /, */)
        for (i = 1; i <= n; i++) {
            size = value[i] < 0 ? -value[i] : value[i]
            least = i == 1 || size < least ? size : least
            largest = size > largest ? size : largest
        }
        print row "," largest / least "," seconds
        exit
    }' "$work/fit.json"
