# functions.sh NAME SEED PART [RATES]: one function and one seed; prints
#
#     function,seed,method,leaves,rate,validation,test,loaded,stored,seconds
#
# 18,000 rows are learned from and 2,000 choose the rate; 5,000 others test. Errors are shares of
# the variance of the test targets. One perceptron of 32,32 ("small") and one of 256,256 ("large")
# stand against leaves of 32,32, which start from a small one or cold, what is better on rows held
# out. All have the same optimiser, batches, epochs and stopping. For the first seed the rate is
# the best of three (of four for "large", which may want a lower one); RATES is that seed's
# output, whose rates the others take. PART is "pathways" (with the small perceptron) or "large",
# which takes most of the time.
set -eu
name=$1 seed=$2 part=$3 rates=${4-}
training="--epochs ${EPOCHS-100} --patience ${PATIENCE-10}"
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"

awk -v NAME="$name" -v ROWS=20000 -v SEED="$seed" -f "$here/functions.awk" > all.csv
head -n 18001 all.csv > train.csv
(head -n 1 all.csv && tail -n 2000 all.csv) > validation.csv
awk -v NAME="$name" -v ROWS=5000 -v SEED="$((1000 + seed))" -f "$here/functions.awk" > test.csv
variance=$(tensor-info test.csv | awk -F, 'END { print $7 ^ 2 }') # of the last column, the target

metric() { # NAME: of report.json
    sed -n "s/.*\"$1\":[[:space:]]*\([-0-9.e]*\),*/\1/p" report.json
}
error_of() { # MODEL FILE: the share of the variance
    pathway-predict -q --load "$1" --report report.json -o predictions.csv "$2"
    awk -v e="$(metric test_mse)" -v v="$variance" 'BEGIN { print e / v }'
}
rates_of() { # METHOD LEAVES
    [ -n "$rates" ] || { echo "$tried"; return; }
    awk -F, -v method="$1" -v leaves="$2" '$3 == method && $4 == leaves { print $5 }' "$rates"
}
# try METHOD LEAVES COMMAND...: the best rate by validation; the command gets
# --rate=R and makes "model".
try() {
    method=$1 leaves=$2
    shift 2
    for rate in $(rates_of "$method" "$leaves"); do
        : > used
        "$@" "--rate=$rate"
        seconds=$(awk '{ sum += $1 } END { print sum }' used)
        validation=$(error_of model validation.csv)
        test=$(error_of model test.csv)
        echo "$name,$seed,$method,$leaves,$rate,$validation,$test,$(
            metric loaded_parameters),$(metric stored_parameters),$seconds"
    done | sort -t, -g -k6 | head -n 1
}
run() { # COMMAND...: adds its processor time to "used"
    "$@" --report report.json
    metric cpu_s >> used
}
perceptron() { # HIDDEN RATE
    rm -rf model
    run pathway-seed -q --target y --hidden "$1" $training --seed "$seed" "$2" -o model train.csv
    [ -s seed ] || cp model seed
}
pathway() { # LEAVES RATE
    rm -rf model
    run pathway-route -q --leaves "$1" --target y --seed "$seed" --threads 1 --out model train.csv
    cp seed model/seed.safetensors
    run pathway-fit -q --all model --try-cold $training --seed "$seed" --threads 1 "$2"
}

tried="0.002 0.008 0.03"
if [ "$part" = large ]; then
    tried="0.0005 $tried"
    try large 1 perceptron 256,256
    exit
fi
try small 1 perceptron 32,32
for leaves in ${LEAVES-4 16 64 256}; do
    try pathway "$leaves" pathway "$leaves"
done
