. "$srcdir/tests/pipeline/lib.sh"

value() { # QUANTITY OPTIONS...
    quantity=$1
    shift
    pathway-plan -q "$@" | awk -F, -v q="$quantity" '$1 == q { print $2 }'
}

# By hand: two hidden layers of 64 on 10 inputs have 64 * 11 + 64 * 65 + 65 parameters.
check_output 4929 value leaf_parameters --inputs 10 --leaves 256
check_output $((2 * 16 * 10 + 4929)) value loaded_parameters --inputs 10 --leaves 256
check_output $((256 * 4929 + 10 * (256 + 16))) value stored_parameters --inputs 10 --leaves 256
check_output 1000 value rows_per_leaf --inputs 10 --rows 256000 --leaves 256
check_output 29.574 value leaf_seconds --inputs 10 --rows 256000 --leaves 256 \
    --epochs 100 --flops 1e8

# r = 1 - 2 / d: leaves of Lip / eps parameters, (Lip / eps)^(d - 2) of them,
# against (Lip / eps)^(d / 2).
check_output 10000 value leaves --inputs 4 --error 0.01
check_output 10000 value one_network_parameters --inputs 4 --error 0.01
check_output 100 value leaves --inputs 4 --error 0.02 --lipschitz 2 --dim 3
check_output 1 value leaves --inputs 4 --error 0.01 --trade 0
check "a leaf is as large as it should be" sh -c 'pathway-plan -q --inputs 4 --error 0.001 |
    awk -F, "\$1 == \"leaf_parameters\" { exit !(\$2 >= 1000 && \$2 < 1200) }"'
check "few rows are warned of" sh -c 'pathway-plan --inputs 4 --rows 1000 \
    --leaves 100 2>&1 > /dev/null |
    grep -q "warning: 10 rows a leaf are few"'
check "enough rows are not" sh -c '! pathway-plan --inputs 4 --rows 1e6 \
    --leaves 100 2>&1 > /dev/null | grep .'

# The sizes of the largest plans, and their queue on paper.
plan="--rows 1e9 --inputs 100 --leaves 1e5 --hidden 256,256 --epochs 20"
plan="$plan --hosts 32 --slots 4 --flops 3e10"
check_output 102.1166667 value training_hours $plan
check "hosts that never fail lose nothing" sh -c "pathway-plan -q $plan --simulate --failure 0 |
    awk -F, '\$1 == \"simulated_lost\" && \$2 == 0 { a = 1 }
    \$1 == \"simulated_use\" && \$2 > 0.99 { b = 1 } END { exit !(a && b) }'"
check "hosts that fail lose a little" sh -c "pathway-plan -q $plan --simulate --failure 1 --seed 3 |
    awk -F, '\$1 == \"simulated_lost\" && \$2 > 0 && \$2 < 0.02 { a = 1 }
    \$1 == \"simulated_failures\" && \$2 > 5 { b = 1 } END { exit !(a && b) }'"

# Jobs.
awk 'BEGIN { print "x,y"
    for (i = 0; i < 900; i++) print i * i / 810000 "," sin(i / 60) }' > rows.csv
folder="a model's folder"
pathway-route --leaves 5 --target y --out "$folder" rows.csv
check_fails 66 'no seed.safetensors' pathway-plan --load "$folder" --jobs lines
pathway-seed -q --load "$folder" --hidden 5 --epochs 3 rows.csv
check "by arithmetic, of a model" sh -c 'pathway-plan -q --load "$1" |
    grep -q "^rows,900,"' - "$folder"
pathway-plan --load "$folder" --jobs lines --epochs 3 --loss huber > lines
check_output 5 sh -c 'wc -l < lines'
check "those with most rows first" sh -c 'sed "s/.*cell-.\([0-9]*\).csv.*/\1/" lines > order
    sort -t, -k2,2nr -k1,1n "$1/cells.csv" | grep -v leaf | cut -d, -f1 | while read -r l; do
        printf "%04d\n" "$l"; done | cmp - order' - "$folder"
check "a line trains a leaf" sh -c 'cd / && head -n 1 "$1/lines" | sh' - "$PWD"
check_output 4 sh -c 'pathway-plan --load "$1" --jobs lines --epochs 3 --loss huber |
    grep -c ^pathway-fit' - "$folder"
check "lines keep their places" sh -c 'pathway-plan --load "$1" --jobs lines --epochs 3 \
    --loss huber |
    sed 1d > again && sed 1d lines | cmp - again' - "$folder"
check "all lines" sh lines
check_output 0 sh -c 'pathway-plan --load "$1" --jobs lines --epochs 3 --loss huber |
    wc -l' - "$folder"
check_output 5 sh -c 'pathway-plan --load "$1" --jobs lines --epochs 4 | wc -l' - "$folder"
mkdir kept && cp "$folder"/leaf-* kept

same() { for leaf in kept/*; do cmp "$leaf" "$folder/${leaf##*/}" || return 1; done; }
rm "$folder"/leaf-*
check "make" sh -c 'pathway-plan --load "$1" --jobs make --epochs 3 --loss huber |
    make -s -k -j 2 -f -' - "$folder"
check "the same bytes from make" same
rm "$folder"/leaf-*
check "xargs" sh -c 'tr "\n" "\0" < lines | xargs -0 -n 1 -P 2 sh -c'
check "the same bytes from xargs" same

# The script for Slurm, its tasks run one by one.
rm "$folder"/leaf-*
pathway-plan --load "$folder" --jobs slurm --chunk 2 --epochs 3 --loss huber > array.sh
check "it asks for three tasks" grep -qx '#SBATCH --array=0-2' array.sh
for task in 0 1 2; do
    check "task $task" env SLURM_ARRAY_TASK_ID=$task sh array.sh
done
check "the same bytes from tasks" same
check "it is a clean script" sh -c '! command -v shellcheck > /dev/null ||
    shellcheck -S warning array.sh'
rm "$folder"/cell-0002.csv "$folder"/leaf-0002.safetensors
check "a task whose leaf fails, fails" sh -c '! SLURM_ARRAY_TASK_ID=0 sh array.sh 2> /dev/null ||
    ! SLURM_ARRAY_TASK_ID=1 sh array.sh 2> /dev/null ||
    ! SLURM_ARRAY_TASK_ID=2 sh array.sh 2> /dev/null'

check_fails 64 'expected --inputs, or --load' pathway-plan
check_fails 64 '--jobs needs --load' pathway-plan --jobs lines --inputs 3
check_fails 64 'one of lines, make, slurm' pathway-plan --jobs cron --load "$folder"
check_fails 66 'nowhere' pathway-plan --load nowhere

run_examples pathway-plan
finish
