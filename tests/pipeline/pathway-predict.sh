. "$srcdir/tests/pipeline/lib.sh"

awk 'BEGIN { srand(3); print "a,b,y"; for (i = 0; i < 3000; i++) {
    a = rand() * 4 - 2; b = rand() * 4 - 2
    printf "%.4f,%.4f,%.4f\n", a, b, sin(3 * a) * b } }' > train.csv
head -n 601 train.csv > test.csv
pathway-route --leaves 9 --branching 3 --target y --out model train.csv
pathway-fit -q --all model --hidden 16,16 --epochs 6

check "predictions" sh -c 'pathway-predict -q --load model --report r.json test.csv > p.csv'
check_output 601 sh -c 'wc -l < p.csv'
check "the error is that of the predictions" sh -c 'tail -n +2 p.csv > p &&
    tail -n +2 test.csv | cut -d, -f3 > t &&
    paste -d, p t | awk -F, "{ s += (\$1 - \$2) ^ 2 } END { print s / NR }" > mse &&
    awk "NR == FNR { m = \$1; next }
        /test_mse/ { d = \$2 / m - 1; exit !(d < 1e-4 && d > -1e-4) }" mse r.json'
check "loaded and stored parameters" \
    sh -c '[ "$(sed -n "s/.*loaded_parameters.*:[[:space:]]*\([0-9]*\),/\1/p" \
    r.json)" = $((2 * (3 + 3) + 16 * 3 + 16 * 17 + 17)) ]'
check_output $((2 * 12 + 9 * (16 * 3 + 16 * 17 + 17))) metric stored_parameters r.json

# Whatever the memory, the window and the order, the same bytes for the same row.
for window in 1 7 100000; do
    check "a window of $window" sh -c "pathway-predict -q --load model --window $window \
        test.csv | cmp - p.csv"
done
check "little memory" sh -c 'pathway-predict -q --load model --memory 800K --window 50 \
    --report r.json test.csv | cmp - p.csv'
check "mapped" sh -c 'pathway-predict -q --load model --mmap --memory 800K test.csv | cmp - p.csv'
check "rows in another order" sh -c '(head -n 1 test.csv; tail -n +2 test.csv | tac) |
    pathway-predict -q --load model |
    tail -n +2 | tac | cmp - p'
check "columns in another order, and others" \
    sh -c 'awk -F, -v OFS=, "{ print \$2, \"x\", \$1 }" test.csv |
    sed "1s/.*/b,other,a/" | pathway-predict -q --load model | cmp - p.csv'
check "no header, no target" sh -c 'tail -n +2 test.csv | cut -d, -f1,2 |
    pathway-predict -q --load model | cmp - p.csv'
check "blended" sh -c 'pathway-predict -q --load model --blend --report r.json \
    test.csv > blend.csv && ! cmp -s blend.csv p.csv'
check "blending is the same in any window" sh -c 'pathway-predict -q --load model --blend \
    --window 3 test.csv | cmp - blend.csv'
check "the bound is printed and kept" sh -c 'pathway-predict --load model --memory 1M \
    test.csv 2>&1 > /dev/null |
    grep -q "= [0-9]* of 1048576 bytes"'
check "the seed by itself" sh -c 'pathway-predict -q --load model/seed.safetensors test.csv |
    wc -l | grep -qx 601'

# Too little memory names what would do, and that does.
check_fails 64 '10000 bytes are too few; expected [0-9]+ at least' pathway-predict --load model \
    --memory 10000 --window 5 test.csv
least=$(pathway-predict --load model --memory 10000 --window 5 test.csv 2>&1 |
    sed 's/.*expected \([0-9]*\) .*/\1/')
check "the least memory" sh -c "pathway-predict -q --load model --memory $least --window 5 \
    --report r.json test.csv | cmp - p.csv"
check_output 1 metric cache_slots r.json
check "leaves gave way" test "$(metric cache_evictions r.json)" -gt 100
check_fails 64 "$((least - 1)) bytes are too few" pathway-predict --load model \
    --memory $((least - 1)) --window 5 test.csv

# A leaf that is missing, stale or damaged is named.
cp -r model broken && rm broken/leaf-0004.safetensors
check_fails 65 'broken/leaf-0004.safetensors: leaf 4 is missing' pathway-predict -q \
    --load broken test.csv
cp model/leaf-0003.safetensors broken/leaf-0004.safetensors
check_fails 65 'broken/leaf-0004.safetensors: stale, made for another router' pathway-predict -q \
    --load broken test.csv
head -c 1500 model/leaf-0004.safetensors > broken/leaf-0004.safetensors
check_fails 65 'broken/leaf-0004.safetensors: ' pathway-predict -q --load broken test.csv
size=$(wc -c < model/leaf-0004.safetensors)
cp model/leaf-0004.safetensors broken && printf x | dd of=broken/leaf-0004.safetensors bs=1 \
    seek=$((size - 20)) conv=notrunc 2> /dev/null
check_fails 65 'broken/leaf-0004.safetensors: its numbers are damaged' pathway-predict -q \
    --load broken test.csv

check_fails 65 "standard input:1: no column 'b'" sh -c 'printf "a,c\n1,2\n" |
    pathway-predict -q --load model -o out'
check_fails 65 "standard input:3: 3 fields; expected 2" sh -c 'printf "a,b\n1,2\n1,2,3\n" |
    pathway-predict -q --load model -o out'
check_fails 65 "standard input:2: column 2 \('b'\) is no number: 'x'" sh -c 'printf "a,b\n1,x\n" |
    pathway-predict -q --load model -o out'
check_fails 65 '4 columns without a header; expected the 2 inputs' sh -c 'printf "1,2,3,4\n" |
    pathway-predict -q --load model -o out'
check_fails 64 'expected --load' pathway-predict test.csv
check_fails 64 'are of labels' pathway-predict --load model --probabilities test.csv
check_fails 66 'nowhere' pathway-predict --load nowhere test.csv
check_fails 64 'expected a folder or a file' pathway-predict --load - test.csv
check_fails 64 'both standard input' pathway-predict --load -
check "nothing was written" test ! -e out

run_examples pathway-predict
finish
