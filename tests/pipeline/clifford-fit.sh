. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS
clifford-make signed-volume --count 600 --seed 1 -o volumes
clifford-make signed-volume --count 200 --seed 2 -o other-volumes
fit="clifford-fit -q --steps 60 --channels 4 --batch 16 --evaluate-every 20"

# number FILE NAME: a number of a report.
number() {
    awk -F'[:,]' -v name="\"$2\"" '$1 ~ name { print $2 + 0; exit }' "$1"
}

# Learning: the error of a short run is well below the variance of the targets, 0.06.
check "learns" clifford-fit -q --steps 300 --channels 8 --batch 32 --seed 3 --report r.json \
    --validation other-volumes --metric learn-full volumes -o model
check "learned" awk -v e="$(number r.json validation_mse)" 'BEGIN { exit !(e > 0 && e < 0.02) }'
check "signature" grep -q '"signature":.*\[3, 0, 0\]' r.json
check "eigenvalues" sh -c 'grep -A3 "\"eigenvalues\"" r.json | grep -q "\[0.*\]"'
check "model on standard output" sh -c "$fit volumes | tensor-info --metadata | grep -q multivector"

# The same seed is the same bytes; interruption and resuming change nothing.
check "once" $fit --seed 4 --metric learn volumes -o first
check "again" $fit --seed 4 --metric learn volumes -o second
check "other" $fit --seed 5 --metric learn volumes -o third
check "repeats itself" cmp first second
check "follows the seed" sh -c '! cmp -s first third'
check "from a pipe" sh -c "cat volumes | $fit --seed 4 --metric learn > second && cmp first second"
checkpointed="$fit --seed 4 --metric learn-full --metric-start 0.5 volumes"
check "whole" $checkpointed -o whole
(
    $checkpointed --steps 100000 --checkpoint state -o part &
    pid=$!
    wait_until 1200 test -e state
    kill -TERM $pid
    wait $pid
    echo $? > code
)
check_output 130 cat code
check "an interrupted model is complete" clifford-predict --load part other-volumes -o predicted
check_fails 65 'state.*another' $checkpointed --checkpoint state --resume -o part
check "to the end" $checkpointed --checkpoint done -o part
check "resumed at the end" $checkpointed --checkpoint done --resume -o part
check "the same bytes" cmp whole part

# The delayed start: the metric does not move before it, and moves after it.
$fit --metric learn-full --metric-start 0.5 --evaluate-every 10 --log log.json volumes -o out
check "delayed start" awk -F'"eigenvalue_1":' '
    { split($2, part, ","); value[NR] = part[1] }
    END { exit !(NR == 6 && value[1] == value[3] && value[3] != value[6]) }' log.json
check "log" grep -q '"step":20,.*"validation_mse":' log.json

# Going on from a model: no step at a rate of 0 changes nothing but its best step.
check "from a model" clifford-fit -q --init model --metric learn-full --channels 8 --rate 0 \
    --steps 2 --holdout 0 volumes -o again
check "the same predictions" sh -c 'clifford-predict --load model other-volumes -o one
    clifford-predict --load again other-volumes | cmp - one'
check_fails 65 'the model to start from has other' clifford-fit -q --init model --channels 4 volumes
check_fails 66 'nowhere' clifford-fit -q --init nowhere volumes

# Every kind of data, and what the report says of the metric.
for kind in convex-hull o5-regression nbody lorentz; do
    clifford-make $kind --count 40 -o data
    check "$kind" clifford-fit -q --steps 3 --channels 3 --layers 2 --batch 8 data -o out
done
clifford-make lorentz --count 40 -o jets
check "Minkowski" clifford-fit -q --steps 2 --channels 2 --metric 1,-1,-1,-1 \
    --report r.json jets -o out
check "its signature" grep -q '"signature":.*\[1, 3, 0\]' r.json
check "degenerate" clifford-fit -q --steps 2 --channels 2 --metric 1,-1,0,-1 \
    --report r.json jets -o out
check "one axis is null" grep -q '"signature":.*\[1, 2, 1\]' r.json
clifford-make nbody --count 40 -o bodies
check "no places" clifford-fit -q --steps 2 --channels 2 --layers 1 --no-places bodies -o out
clifford-make nbody --points 64 --from 0 --to 1 --count 4 -o many
check_fails 64 'batches of 200000 graphs of 64 nodes are too large; expected --batch up to 133152' \
    clifford-fit -q --batch 200000 many
check "no validation" sh -c "$fit --holdout 0 --report r.json volumes -o out &&
    ! grep -q validation_mse r.json"

# What is wrong with metrics, options and data.
check_fails 64 'a metric of 2 numbers for vectors in 3 dimensions; expected 3' $fit \
    --metric 1,1 volumes
check_fails 64 'metric.*expected up to 6 numbers.*learn or learn-full' $fit --metric 1,x volumes
check_fails 64 'metric.*expected up to 6 numbers' $fit --metric 1,1,1,1,1,1,1 volumes
check_fails 64 'metric.*expected up to 6 numbers' $fit --metric 1,inf,1 volumes
check_fails 64 'the metric is 0 in all dimensions' $fit --metric 0,0,0 volumes
check_fails 64 'given twice' $fit --metric 1,1,1 --metric-base 1,1,1 volumes
check_fails 64 'metric-start is of metrics that are learned' $fit --metric-start 0.5 volumes
check_fails 65 'standard input: one sample' sh -c 'clifford-make signed-volume --count 1 |
    clifford-fit -q'
check_fails 64 'expected cgmlp' $fit --network cggnn volumes
check_fails 64 'products is of a cgmlp' $fit --products mixed bodies
check_fails 64 'head-width.*the data have none' $fit --head-width 4 volumes
check_fails 64 'no-places' $fit --no-places volumes
check_fails 66 'nowhere' $fit nowhere
check_fails 65 'volumes.csv' sh -c "tensor-convert bodies -f csv > volumes.csv; $fit volumes.csv"
check_fails 65 'no samples' $fit /dev/null
head -c 5000 volumes > cut
check_fails 65 'cut: .*truncated' $fit cut
cat volumes bodies > mixed
check_fails 65 'mixed: records 6 to 10: samples of another shape' $fit mixed
check_fails 65 'bodies: samples of another shape' $fit --validation bodies volumes

if "$PYTHON" -c 'import numpy' 2> /dev/null; then
    cat > make.py << 'END'
import numpy as np, sys
def write(name, *records):
    with open(name, "wb") as file:
        for record in records:
            np.lib.format.write_array(file, np.asarray(record, dtype=np.float32))
x = np.random.default_rng(1).normal(size=(10, 3, 3))
none, vectors = np.zeros((10, 0)), np.zeros((10, 0, 3))
target = np.linalg.det(x)[:, None]
write("bare", none, x, none, vectors, none)
target[4] = np.nan
write("nan-target", none, x, none, vectors, target)
write("ragged", none, x[:9], none, vectors, target)
write("flat", none, x[:, 0], none, vectors, target)
write("one", none[:1], x[:1], none[:1], vectors[:1], target[:1])
write("huge", none, x * 1e30, none, vectors, target * 0 + np.arange(10)[:, None])
END
    "$PYTHON" make.py
    check_fails 65 'bare: no targets|no targets; expected some to learn' $fit bare
    check_fails 65 \
        'nan-target: record 5: target pseudoscalars of sample 4: nan; expected a finite' \
        $fit nan-target
    check_fails 65 'ragged: record 2: vectors of shape \(9, 3, 3\)' $fit ragged
    check_fails 65 'flat: record 2: vectors of shape \(10, 3\)' $fit flat
    check_fails 65 'one: one sample; expected more' $fit one
fi

run_examples clifford-fit
finish
