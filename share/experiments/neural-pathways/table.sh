# table.sh FILE SEED: one table of numbers with a target y, and one split; prints
#
#     set,rows,seed,method,leaves,rmse,loaded,stored
#
# A tenth of the rows tests, and of the others a tenth chooses the number of leaves. Pathways
# (leaves of 64,64) stand against their own seed, a perceptron of as many parameters as the chosen
# leaves have together, and, where Python has them, scikit-learn and XGBoost (peers.py). The
# perceptrons have the same optimiser, epochs and stopping.
set -eu
file=$(realpath "$1") seed=$2
here=$(cd "$(dirname "$0")" && pwd)
name=$(basename "$file" .csv)
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"

# Rows in a random order of the seed.
tail -n +2 "$file" |
    awk -v seed="$seed" 'BEGIN { srand(seed) } { printf "%.9f,%s\n", rand(), $0 }' |
    sort -t, -g -k1,1 | cut -d, -f2- > shuffled
rows=$(wc -l < shuffled)
part() { # FIRST LAST
    head -n 1 "$file"
    sed -n "$1,$2p" shuffled
}
tests=$((rows / 10)) choosers=$(((rows - rows / 10) / 10))
part 1 $tests > test.csv
part $((tests + 1)) $((tests + choosers)) > validation.csv
part $((tests + choosers + 1)) "$rows" > train.csv
# Small tables need more passes to be learned at all.
training="--epochs 100 --patience 10"
[ "$rows" -gt 5000 ] || training="--epochs 600 --patience 60 --batch 32"

metric() { sed -n "s/.*\"$1\":[[:space:]]*\([-0-9.e]*\),*/\1/p" report.json; }
rmse() { # MODEL FILE
    pathway-predict -q --load "$1" --report report.json -o predictions.csv "$2"
    metric test_rmse
}
row() { # METHOD LEAVES MODEL
    error=$(rmse "$3" test.csv)
    echo "$name,$rows,$seed,$1,$2,$error,$(metric loaded_parameters),$(metric stored_parameters)"
}
# The smallest width of two hidden layers with at least so many parameters.
width_of() { # PARAMETERS
    awk -v p="$1" -v n="$(head -n 1 train.csv | tr ',' '\n' | wc -l)" \
        'BEGIN { for (w = 1; w * n + w * (w + 1) + w + 1 < p; w++); print w }'
}

pathway-seed -q --target y --seed "$seed" $training -o seed train.csv
row 'seed' 1 seed
best= best_error=
for leaves in 2 4 8 16; do
    pathway-route -q --leaves $leaves --target y --seed "$seed" --threads 1 \
        --out model-$leaves train.csv
    cp seed model-$leaves/seed.safetensors
    pathway-fit -q --all model-$leaves $training --seed "$seed" --threads 1
    error=$(rmse model-$leaves validation.csv)
    if [ -z "$best" ] || awk "BEGIN { exit !($error < $best_error) }"; then
        best=$leaves best_error=$error
    fi
done
row 'pathway' "$best" "model-$best"
width=$(width_of "$(metric stored_parameters)")
pathway-seed -q --target y --seed "$seed" --hidden "$width,$width" $training -o large train.csv
row 'one of the same stored size' 1 large
(cat train.csv && tail -n +2 validation.csv) > learn.csv
python=${PYTHON-python3}
if $python -c 'import sklearn' 2> /dev/null; then
    $python "$here/peers.py" learn.csv test.csv "$seed" | sed "s/^/$name,$rows,$seed,/"
fi
