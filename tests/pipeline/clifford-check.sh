. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS
clifford-make signed-volume --count 200 --seed 1 -o volumes
clifford-make nbody --count 20 -o bodies
clifford-fit -q --steps 20 --channels 4 --metric learn-full volumes -o model
clifford-fit -q --steps 3 --channels 3 --layers 2 --metric 1,2,0.5 bodies -o body-model

# below FIGURE LIMIT COMMAND...: a figure of the table that the command prints.
below() {
    figure=$1 limit=$2
    shift 2
    "$@" | awk -F, -v f="$figure" -v l="$limit" '$1 == f { seen = 1; good = $2 < l }
        END { exit !(seen && good) }'
}

check "a model" below equivariance_error 1e-4 clifford-check --load model
check "on samples" below equivariance_error 1e-4 clifford-check --load model volumes
check "graphs" below equivariance_error 1e-4 clifford-check --load body-model
check "moved" below translation_error 1e-4 clifford-check --load body-model bodies
check "numbered otherwise" below permutation_error 1e-4 clifford-check --load body-model
check "not under another metric" sh -c '! clifford-check --load body-model --metric 1,1,1 \
    --tolerance 1e-3 > out 2>&1'
check "all signatures" sh -c 'for m in 1 -1 1,1 1,-1 1,0 0,-1 1,1,1 1,-1,0 1,1,1,1 -1,1,1,1 \
    1,1,1,1,1 -1,0,1,0,-1 1,1,1,1,1,1 1,-1,1,-1,1,-1; do
    clifford-check --metric=$m --trials 8 | awk -F, -v m=$m "NR > 1 && !(\$2 < 1e-4) {
        print m, \$0 > \"/dev/stderr\"; bad = 1 }
        END { exit bad || NR != 7 }" || exit; done'

# A metric against the true one, up to a factor.
printf '2,1\n1,3\n' > one.csv
printf '%s\n' '-4,-2' '-2,-6' > scaled.csv
printf '3,0\n0,-2\n' > other.csv
check "scaled" below metric_error 1e-6 clifford-check --metric-file one.csv --true-metric scaled.csv
check "other" sh -c 'clifford-check --metric-file one.csv --true-metric other.csv |
    awk -F, "\$1 == \"metric_error\" { exit !(\$2 > 0.99) }"'
check "report" sh -c 'clifford-check --load model --report r.json -o out &&
    grep -q equivariance_error r.json &&
    grep -q "\"metric\":.*\[\[" r.json'

check_output 'metric,value' sh -c 'clifford-check --metric 1,1 | head -n 1'
check "json" sh -c 'clifford-check --metric 1,1 -f json -o out.json && tensor-info out.json &&
    grep -q "\"grade_error\":.[0-9]" out.json'

# Commands: ours as one, others, and those that fail.
clifford-fit -q --steps 5 --channels 3 volumes -o plain
check "ours" below equivariance_error 1e-4 clifford-check \
    --command 'clifford-predict --load plain' volumes
check "ours moved" below translation_error 1e-3 clifford-check --translations --metric 1,2,0.5 \
    --command 'clifford-predict --load body-model' bodies
check_fails 69 "'exit 5' ended with exit code 5" clifford-check --command 'exit 5' volumes
check_fails 69 'exit code 127' clifford-check --command 'no-such-program 2> /dev/null' volumes
check_fails 65 'expected predictions of target pseudoscalars' clifford-check \
    --command 'cat > /dev/null' volumes
check_fails 65 'another shape' clifford-check \
    --command 'clifford-make o5-regression --count 3' volumes
check_fails 65 'output of .*truncated' clifford-check \
    --command 'cat > /dev/null; echo hello' volumes
check_fails 65 'goes on after' clifford-check --command \
    'clifford-predict --load plain -o p && cat p p' volumes

check_fails 65 'degenerate: all vectors are null' clifford-check --metric 0,0,0
check_fails 65 'metric of 2 dimensions for samples in 3' clifford-check --load model --metric 1,1
check_fails 65 'one.csv: not a matrix of 3 x 3' clifford-check --load model --true-metric one.csv
printf '1,2\n3,4\n' > skew.csv
check_fails 65 'skew.csv: not symmetric' clifford-check --metric-file skew.csv
printf '1,nan\nnan,1\n' > nan.csv
check_fails 65 'nan.csv' clifford-check --metric-file nan.csv
check_fails 65 'bodies: samples of another shape' clifford-check --load model bodies
check_fails 66 'nowhere' clifford-check --load nowhere
check_fails 64 'expected --load' clifford-check
check_fails 64 'exclude each other' clifford-check --load model --command true
check_fails 64 'needs samples' clifford-check --command true
check_fails 64 'samples are of use only' clifford-check --metric 1,1 volumes
check_fails 64 'translations goes with --command' clifford-check --load model --translations
check_fails 64 'translations is of graphs' clifford-check --translations --command true volumes
check_fails 64 'metric' clifford-check --metric 1,,1
clifford-check --load body-model --metric 1,1,1 --tolerance 1e-3 > table 2> message
check_output 65 echo $?
check "the table is written" grep -q equivariance_error table
check "the message" grep -q 'the largest error of equivariance is .*; expected at most 0.001' \
    message

run_examples clifford-check
finish
