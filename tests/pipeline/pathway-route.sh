. "$srcdir/tests/pipeline/lib.sh"

# Rows of two inputs, a number and a label.
awk 'BEGIN { srand(1); print "a,b,y,kind"
    for (i = 0; i < 3000; i++) { a = rand() * 4 - 2; b = rand() * rand() * 4 - 2
        kind = a > 0 ? "east" : b > 0 ? "north west" : "south"
        printf "%.4f,%.4f,%.4f,%s\n", a, b, a * b, kind } }' \
    > rows.csv
cut -d, -f1-3 rows.csv > numbers.csv


check "a folder" pathway-route --leaves 7 --branching 3 --target y --out model numbers.csv
check_output 7 sh -c 'ls model/cell-*.csv | wc -l'
check "no row is lost or made" sh -c 'for cell in model/cell-*.csv; do
    tail -n +2 $cell; done | sort > found
    awk -F, -v OFS=, "NR > 1 { print \$1 + 0, \$2 + 0, \$3 + 0 }" numbers.csv | sort > expected
    awk -F, -v OFS=, "{ print \$1 + 0, \$2 + 0, \$3 + 0 }" found | sort | cmp - expected'
check "cells.csv counts them" sh -c 'awk -F, "NR > 1 { n += \$2 }
    END { exit n != 3000 }" model/cells.csv'
check "cells.csv names them" sh -c 'tail -n +2 model/cells.csv |
    while IFS=, read -r leaf rows halo hash rest
    do sha256sum "model/cell-$(printf %04d "$leaf").csv" | grep -q "^$hash " || exit 1; done'
check "tags agree with cells" sh -c 'for leaf in 0 3 6; do
    pathway-route --load model numbers.csv | awk -F, -v leaf=$leaf "NR > 1 && \$1 == leaf" |
        wc -l > tagged; tail -n +2 model/cell-000$leaf.csv | wc -l | cmp - tagged || exit 1; done'
check_output 'leaf,margin,a,b,y,kind' sh -c 'pathway-route --load model rows.csv | head -n 1'
check "rows stay as they were" sh -c 'pathway-route --load model rows.csv | cut -d, -f3- |
    cmp - rows.csv'
check "margins" sh -c 'pathway-route --load model numbers.csv |
    awk -F, "NR > 1 && (\$2 < 0 || \$2 > 1) { bad = 1 } END { exit bad }"'

# One thread or two, a file or a stream: the same tree and the same cells.
check "two threads" pathway-route --threads 2 --leaves 7 --branching 3 --target y \
    --out two numbers.csv
check "the same folder" diff -r model two
check "a stream" sh -c 'gzip -c numbers.csv | pathway-route --threads 1 --leaves 7 --branching 3 \
    --target y --out three'
check "the same folder again" diff -r model three
check "little memory" pathway-route --memory 20K --sample 3000 --leaves 7 --branching 3 --target y \
    --out four numbers.csv
check "the cells of a tree of a smaller sample are all there" sh -c \
    'awk -F, "NR > 1 { n += \$2 } END { exit n != 3000 }" four/cells.csv'
check "the tree by itself" sh -c 'pathway-route --leaves 7 --target y numbers.csv > tree &&
    pathway-route --load tree numbers.csv | awk -F, "NR > 1" | cut -d, -f1 | sort -u | wc -l |
    grep -qx 7'

# The cells of new rows in an old tree.
head -n 500 numbers.csv > some.csv
check "an old tree" pathway-route --load model --out refreshed some.csv
check "is the same" cmp model/router.safetensors refreshed/router.safetensors
check_output 499 sh -c 'tail -q -n +2 refreshed/cell-*.csv | wc -l'
head -n 2 numbers.csv > one.csv
check "cells without rows" pathway-route --load model --out sparse one.csv
check_output 7 sh -c 'ls sparse/cell-*.csv | wc -l'

# Balance, halo, supervision, joint training, labels.
check "balance" sh -c 'pathway-route --leaves 10 --balance 1.3 --target y --out balanced \
    numbers.csv &&
    awk -F, "NR > 1 && \$2 > 390 { bad = 1 } END { exit bad }" balanced/cells.csv'
check "halo" sh -c 'pathway-route --leaves 7 --branching 3 --halo 0.2 --target y --out halo \
    numbers.csv &&
    pathway-route --load halo numbers.csv | awk -F, "NR > 1 && \$2 < 0.2" | wc -l > near &&
    tail -q -n +2 halo/halo-*.csv | wc -l | cmp - near &&
    cmp halo/cell-0002.csv model/cell-0002.csv'
check "supervision and joint training" pathway-route -q --leaves 6 --supervision 1 --joint 50 \
    --target y --out joint numbers.csv
check "labels" pathway-route --leaves 4 --task classification --supervision 1 --target kind \
    --inputs a,b --out labels rows.csv
check_output 'a,b,kind' head -n 1 labels/cell-0000.csv
check "labels come back" sh -c 'tail -q -n +2 labels/cell-*.csv | cut -d, -f3 | sort |
    uniq -c > found
    tail -n +2 rows.csv | cut -d, -f4 | sort | uniq -c | cmp - found'

# What is wrong.
check_fails 73 'model: is there already; expected a new or empty folder' \
    pathway-route --target y --out model numbers.csv
check_fails 65 "numbers.csv:1: column 'y' is asked for twice" \
    pathway-route --target y --inputs y --out new numbers.csv
check_fails 65 "numbers.csv:1: no column 'z'" pathway-route --target z --out new numbers.csv
check_fails 65 "rows.csv:2: column 4 \('kind'\) is no number: '.*'; expected a number" \
    pathway-route --target y --out new rows.csv
printf 'a,b,y\n1,2,3\n4,5\n' > ragged.csv
check_fails 65 'ragged.csv:3: 2 fields; expected 3' pathway-route --target y --out new ragged.csv
printf 'a,b,y\n1,,3\n' > hole.csv
check_fails 65 "hole.csv:2: column 2 \('b'\) is empty" pathway-route --target y --out new hole.csv
printf 'a,b,y\n' > none.csv
check_fails 65 'none.csv: a header but no rows' pathway-route --target y --out new none.csv
check_fails 64 'expected --target' pathway-route --out new numbers.csv
check_fails 64 'do not go with it' pathway-route --load model --leaves 3 numbers.csv
check_fails 65 "standard input:1: 2 columns are called 'x'" \
    sh -c 'printf "x,x,y\n1,2,3\n4,5,6\n" | pathway-route --target y'
check_fails 65 "standard input:1: 2 columns are called 'y'" \
    sh -c 'printf "x,y,y\n1,2,3\n4,5,6\n" | pathway-route --target y'
check "columns that are not used may share a name" \
    sh -c 'printf "x,z,z,y\n1,2,3,4\n5,6,7,8\n" | pathway-route --inputs x --target y \
    --leaves 2 > router'
check_fails 64 'is not a number of bytes' pathway-route --memory 3X numbers.csv
check_fails 65 'cell-0000.csv' pathway-route --load model/cell-0000.csv numbers.csv
check_fails 66 'nowhere' pathway-route --load nowhere numbers.csv
check_fails 73 'no/such' pathway-route --target y --out no/such/folder numbers.csv
printf 'a,y,b\n1,2,x\n' > text.csv
check_fails 65 "text.csv:2: column 3 \('b'\) is no number" pathway-route --load model text.csv
check "nothing is left of what failed" sh -c '! ls -d new* 2> /dev/null'

# A disk that is full while cells are written, and an interruption: no folder, whole or half.
check_fails 74 'rows.spool: cannot write|File too large' \
    sh -c 'ulimit -f 8; exec pathway-route --target y --out full numbers.csv'
check "nothing is left of a full disk" sh -c '! ls -d full* 2> /dev/null'
mkfifo stuck
(cat numbers.csv; exec sleep 60) > stuck &
feeder=$!
pathway-route --target y --out stopped < stuck &
job=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    ls -d stopped.* > /dev/null 2>&1 && break
    sleep 0.2
done
check "an unfinished folder has another name" sh -c 'ls -d stopped.* > /dev/null &&
    ! ls -d stopped 2> /dev/null'
kill "$job"
wait "$job"
check_output 130 echo $?
check "nothing is left of an interruption" sh -c '! ls -d stopped* 2> /dev/null'
kill "$feeder"

run_examples pathway-route
finish
