# score-train: vectors and images are learned, classes are told apart, interrupted runs go on to the
# same bytes, and wrong input.
. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS

# --- vectors: two clusters, with labels ---
awk 'BEGIN { srand(3); for (i = 0; i < 400; i++) { c = i % 2
    printf "%.4f,%.4f,%s\n", (c ? 3 : -1) + 0.1 * rand(), 1 + 0.1 * rand(),
        c ? "right" : "left" } }' > clusters.csv
check "clusters" score-train -q --label-column 3 --width 32 --blocks 1 --steps 300 --rate 0.01 \
    --report report.json clusters.csv -o clusters.model
check "learned" sh -c 'awk "BEGIN { exit !($1 < 1) }"' - "$(metric holdout_loss)"
check_output 'network mlp' \
    sh -c 'sed -n "s/.*\"\(network\)\":[[:space:]]*\"\(.*\)\",/\1 \2/p" report.json'
check_output 2 metric classes
check "names of classes are kept" sh -c 'tensor-info --metadata clusters.model | grep -q left'

# --- images: bright at the left or at the top ---
awk 'BEGIN { srand(4); for (i = 0; i < 40; i++) { for (k = 0; k < 64; k++)
    printf "%s%d", k ? "," : "", (i % 2 ? k % 8 : int(k / 8)) < 4 ? 200 + 50 * rand() : 20 * rand()
    print "" } }' | tensor-convert -f npy --dtype uint8 --reshape -1x8x8 -o images.npy
train="score-train -q --width 8 --steps 30 --evaluate-every 10 --batch 8"
check "images" $train --report report.json images.npy > images.model
check_output 'network unet' \
    sh -c 'sed -n "s/.*\"\(network\)\":[[:space:]]*\"\(.*\)\",/\1 \2/p" report.json'
check "learned" sh -c 'awk "BEGIN { exit !($1 < 2) }"' - "$(metric holdout_loss)"
check "pixels become -1 to 1" sh -c 'tensor-info --metadata images.model |
    grep -q "mean.*:-0\.[0-3].*deviation.*:0\.[6-9]"'
check "the same bytes again" sh -c "$train < images.npy | cmp - images.model"
check "another seed" sh -c "$train --seed 1 images.npy | cmp - images.model; [ \$? -eq 1 ]"
for options in '--noise cosine' '--noise linear --loss noise' '--average 0' '--holdout 0' \
    '--network mlp --width 16' '--levels 1 --blocks 2' '--shape 4x16' '--shape 8x4x2'; do
    check "$options" $train $options images.npy > other.model
    check "$options matters" sh -c 'cmp -s other.model images.model; [ $? -eq 1 ]'
done
check "log" sh -c "$train --log log.json images.npy > /dev/null && grep -c holdout_loss log.json |
    grep -q 3"

# --- labels of a file, one for each row ---
awk 'BEGIN { for (i = 0; i < 40; i++) print i % 2 }' > labels.csv
check "labels" $train --labels labels.csv --report report.json images.npy > labelled.model
check_output 2 metric classes

# --- interrupted and taken up again ---
check "checkpoint" $train --checkpoint c images.npy > whole.model
check "a checkpoint changes nothing" cmp whole.model images.model
# As soon as there is a checkpoint the run is ended; it still writes the model so far.
score-train -q --width 8 --steps 600 --evaluate-every 10 --batch 8 images.npy > long.model
score-train -q --width 8 --steps 600 --evaluate-every 10 --batch 8 --checkpoint k images.npy \
    > interrupted.model &
run=$!
wait_until 1200 test -s k
kill -TERM $run 2> /dev/null
wait $run
code=$?
check "interrupted, or too fast to be" test $code -eq 130 -o $code -eq 0
check "a model so far" tensor-info interrupted.model > table.csv
check "resumed" score-train -q --width 8 --steps 600 --evaluate-every 10 --batch 8 --checkpoint k \
    --resume images.npy > resumed.model
check "resumed, the same bytes" cmp resumed.model long.model
check_fails 65 'k: a checkpoint of another run' score-train -q --width 8 --steps 700 --batch 8 \
    --evaluate-every 10 --checkpoint k --resume images.npy

# --- one row, rows that are all the same ---
check "one row" score-train -q --steps 2 --width 4 --blocks 1 --holdout 0 -o one.model - << DATA
1,2,3
DATA
check "constant" sh -c 'yes 5,5 | head -n 30 |
    score-train -q --steps 2 --width 4 --blocks 1 > flat.model'

# --- wrong input and usage ---
check_fails 65 'not finite|NaN|nan' sh -c 'printf "1,2\nnan,3\n" | score-train -q'
check_fails 66 'nowhere.npy: .*No such file' score-train nowhere.npy
check_fails 64 '--shape has 6 numbers; the records have 64' score-train --shape 2x3 images.npy
check_fails 64 'network=unet needs records' score-train --network unet clusters.csv --label-column 3
check_fails 64 'not a number from 0 to 0.9' score-train --holdout 40 images.npy
check_fails 64 'levels goes with' score-train --levels 2 --network mlp images.npy
check_fails 64 'blocks=9' score-train --blocks 9 images.npy
check_fails 64 'is odd' score-train --width 7 images.npy
check_fails 64 'exclude each other' score-train --labels labels.csv --label-column x images.npy

run_examples score-train
finish
