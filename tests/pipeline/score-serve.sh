# score-serve: answers of closed-form and of trained models, to questions that stand in files; what
# is wrong with questions; and the denoiser of the protocol's manual page, which is in Python.
. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS

# question VALUES TIME CONDITION: writes the three records of one column; CONDITION may be empty.
question() {
    printf '%s\n' $1 | tensor-convert -f npy --dtype float32 --reshape -1x1
    printf '%s\n' $2 | tensor-convert -f npy --dtype float32 --reshape -1
    if [ -n "$3" ]; then
        printf '%s\n' $3 | tensor-convert -f npy --dtype int32 --reshape -1
    else
        printf '0\n' | tensor-convert -f npy --dtype int32 --reshape -1 --rows 0:0
    fi
}


# --- closed form: data -1 and 1, half each, at t = 1/2: m = tanh(z t / (1 - t)^2) = tanh(2 z) ---
printf '%s\n' -1 1 > two.csv
question '0.5 0 -0.1' 0.5 '' > asked
check "by tanh" sh -c 'score-serve --data two.csv < asked | tensor-convert -f csv | awk "
    BEGIN { z[1] = 0.5; z[2] = 0; z[3] = -0.1 }
    { t = (exp(4 * z[NR]) - 1) / (exp(4 * z[NR]) + 1); e = (z[NR] - 0.5 * t) / 0.5
      if ((e - \$1) ^ 2 > 1e-8) exit 1 }"'
question '0.5 0.5 0.5' '0.5 0.25 0.5' '-1 -1 -1' > mixed
check "times of a question may differ" sh -c 'score-serve --data two.csv mixed |
    tensor-convert -f csv | awk "{ v[NR] = \$1 } END { exit !(v[1] == v[3] && v[1] != v[2]) }"'
cat asked mixed asked > several
check_output 9 sh -c 'score-serve --data two.csv several --report report.json |
    tensor-convert -f csv | grep -c .'
check "report" grep -q '"questions":[[:space:]]*3' report.json
check_output 0 sh -c 'score-serve --data two.csv < /dev/null | wc -c'

# --- classes: of data in the class "b" there is only 1 ---
printf -- '-1,a\n1,b\n' > labelled.csv
question '0.5 0.5' 0.5 '1 0' > classes
check "a class is all there is" sh -c 'score-serve --data labelled.csv --label-column 2 classes |
    tensor-convert -f csv | awk "NR == 1 && (\$1 - 0)^2 > 1e-8 { exit 1 }
        NR == 2 && (\$1 - 2)^2 > 1e-8 { exit 1 }"'

# --- smoothed: the perturbations stay the same ---
check "smoothed" sh -c 'score-serve --data two.csv --sigma 0.5 several > first
    score-serve --data two.csv --sigma 0.5 several | cmp - first'
check "a seed makes others" sh -c 'score-serve --data two.csv --sigma 0.5 --seed 2 several |
    cmp -s - first; [ $? -eq 1 ]'

# --- estimated by neighbours: of two records, two are all ---
check "neighbours" sh -c 'score-serve --data two.csv --neighbors 2 asked |
    tensor-convert -f csv > answer
    score-serve --data two.csv asked | tensor-convert -f csv | paste -d, - answer |
    awk -F, "(\$1 - \$2)^2 > 1e-10 { exit 1 }"'

# --- a trained model ---
awk 'BEGIN { srand(3)
    for (i = 0; i < 300; i++) print (i % 2 ? 1 : -1) + 0.02 * rand() "," i % 2 }' > rows.csv
score-train -q --label-column 2 --width 32 --blocks 2 --steps 400 --rate 0.01 rows.csv > model
check "near the closed form" sh -c 'score-serve --load model asked | tensor-convert -f csv > answer
    score-serve --data two.csv asked | tensor-convert -f csv | paste -d, - answer |
    awk -F, "(\$1 - \$2)^2 > 0.1 { exit 1 }"'
check "told a class" sh -c 'score-serve --load model classes | tensor-convert -f csv | awk "
    NR == 1 && (\$1 - 0)^2 > 0.1 { exit 1 } NR == 2 && (\$1 - 2)^2 > 0.1 { exit 1 }"'
check "guidance" sh -c 'score-serve --load model classes > plain
    score-serve --load model --guidance 1 classes | cmp - plain
    score-serve --load model --guidance 2 classes | cmp -s - plain; [ $? -eq 1 ]'

# --- answers come one by one: the second question waits for the first answer ---
mkfifo questions answers
score-serve --load model < questions > answers &
server=$!
exec 8> questions 9< answers
question '0.5' 0.5 '' >&8
check_output 132 sh -c 'head -c 132 <&9 | wc -c' # a header of 128 bytes, one float32
question '0.5' 0.5 '' >&8
check_output 132 sh -c 'head -c 132 <&9 | wc -c'
exec 8>&- 9<&-
check "ends with its input" wait $server

# --- questions that are not well formed ---
question '0.5 1' 1.5 '' > late
check_fails 65 'time 1.5; expected one from 0 to below 1' score-serve --data two.csv late
question '0.5 1' 0.5 '0 7' > unknown
check_fails 65 'class 7; the model has 2' score-serve --load model unknown
check_fails 65 'class 1; the model has 0' score-serve --data two.csv classes
head -c 200 asked > cut
check_fails 65 'truncated' score-serve --data two.csv cut
head -c 140 asked > cut
check_fails 65 'expected the times' score-serve --data two.csv cut
printf '1,2\n' | tensor-convert -f npy --dtype float32 > wide
check_fails 65 'another shape than the model' sh -c 'cat wide asked | score-serve --data two.csv'
check_fails 65 'NPY signature' score-serve --data two.csv rows.csv
check_fails 65 'two.csv: ' score-serve --load two.csv asked
check_fails 66 'nowhere' score-serve --load nowhere asked
check_fails 64 'one of --load MODEL and --data FILE' score-serve asked
check_fails 64 'one of --load MODEL and --data FILE' score-serve --load model --data two.csv
check_fails 64 'go with --data' score-serve --load model --sigma 1
check_fails 64 'guidance goes with --load' score-serve --data two.csv --guidance 2
check_fails 64 'of --neighbors, which is missing' score-serve --data two.csv --random 2

run_examples tesserae-denoiser.5
run_examples score-serve
finish
