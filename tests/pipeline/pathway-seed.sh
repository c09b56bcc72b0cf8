. "$srcdir/tests/pipeline/lib.sh"

awk 'BEGIN { srand(2); print "a,b,y,kind"
    for (i = 0; i < 1000; i++) { a = rand() * 4 - 2; b = rand() * 4 - 2
        kind = a > b ? "\"left, or so\"" : "right"
        printf "%.4f,%.4f,%.4f,%s\n", a, b, a * b, kind } }' > rows.csv
pathway-route --leaves 4 --target y --inputs a,b --out model rows.csv

check "into the folder" pathway-seed -q --load model --hidden 16 --epochs 40 \
    --report r.json rows.csv
check "it is there" test -s model/seed.safetensors
check "it has learned" \
    sh -c 'test "$(sed -n "s/.*holdout_loss.*:[[:space:]]*0\.0*\([0-9]*\).*/\1/p" r.json)" &&
    awk "/holdout_loss/ { exit !(\$2 + 0 < 0.2) }" r.json'
check_output 65 metric parameters r.json
check "a stream, elsewhere" sh -c 'pathway-seed -q --load model --hidden 16 --epochs 40 \
    -o - < rows.csv > seed'
check "the same bytes" cmp seed model/seed.safetensors
check "without a model" sh -c 'pathway-seed -q --target y --inputs a,b --hidden 16 --epochs 40 \
    rows.csv | cmp - seed'
check "PReLU has a slope for each neuron" sh -c 'pathway-seed -q --target y --inputs a,b \
    --hidden 16,8 --activation prelu --epochs 2 --report r.json -o prelu rows.csv'
check_output $((3 * 16 + 16 + 17 * 8 + 8 + 9)) metric parameters r.json
check "labels" sh -c 'pathway-seed -q --task classification --target kind --inputs a,b --hidden 16 \
    --epochs 60 --rate 0.01 -o labels rows.csv &&
    pathway-predict -q --load labels --report r.json rows.csv > p.csv &&
    awk "/test_accuracy/ { exit !(\$2 + 0 > 0.95) }" r.json'
check_output 'left, or so' sh -c 'printf "a,b\n1,-1\n" | pathway-predict -q --load labels |
    tail -n 1 | tr -d \"'
check "probabilities" sh -c 'printf "a,b\n1,-1\n" |
    pathway-predict -q --load labels --probabilities |
    awk -F, "END { exit !(\$(NF - 1) + \$NF > 0.999 && \$(NF - 1) + \$NF < 1.001) }"'
check "Huber's loss, decay, an affine map" pathway-seed -q --target y --inputs a,b --hidden 0 \
    --loss huber --delta 0.5 --weight-decay 0.01 --epochs 3 --log log -o affine rows.csv
check_output 3 sh -c 'wc -l < log'
check "a small sample" sh -c 'pathway-seed -q --target y --inputs a,b --sample 100 --epochs 2 \
    --report r.json -o small rows.csv'
check_output 100 metric rows r.json

check_fails 64 'expected either --load DIR, or --target' pathway-seed rows.csv
check_fails 64 '0 to|widths from 1' pathway-seed --target y --hidden 3,x rows.csv
check_fails 64 'one of mse, huber' pathway-seed --target y --loss none rows.csv
check_fails 65 "column 4 \('kind'\) is no number" pathway-seed --target y rows.csv
check_fails 66 'nowhere' pathway-seed --load nowhere rows.csv
check_fails 64 'both standard input' pathway-seed --load -
pathway-route --leaves 2 --inputs a,b rows.csv > tree
check_fails 65 'its rows have no target' pathway-seed --load tree rows.csv

run_examples pathway-seed
finish
