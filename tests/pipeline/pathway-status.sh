. "$srcdir/tests/pipeline/lib.sh"

awk 'BEGIN { print "x,y"; for (i = 0; i < 600; i++) print i / 600 "," sin(i / 60) }' > rows.csv
pathway-route --leaves 4 --target y --out model rows.csv
pathway-seed -q --load model --hidden 5 --epochs 3 rows.csv

states() { # the states, and the exit code
    pathway-status --load model "$@" | cut -d, -f1,2 | tr '\n' ' '
}
code() {
    "$@" > /dev/null
    echo $?
}
check_output 'leaf,state 0,missing 1,missing 2,missing 3,missing ' states
check_output 1 code pathway-status --load model
pathway-fit -q --all model --epochs 3
check_output 'leaf,state 0,done 1,done 2,done 3,done ' states
check_output 0 code pathway-status --load model
check_output 'leaf,state ' states --unfinished

rm model/leaf-0001.safetensors
cp model/leaf-0000.safetensors model/leaf-0002.safetensors
size=$(wc -c < model/leaf-0003.safetensors)
printf x | dd of=model/leaf-0003.safetensors bs=1 seek=$((size - 9)) conv=notrunc 2> /dev/null
check_output 'leaf,state 0,done 1,missing 2,stale 3,damaged ' states
check_output 'leaf,state 1,missing 2,stale 3,damaged ' states --unfinished
check "why" sh -c 'pathway-status --load model |
    grep -q "^2,stale,.*model/leaf-0002.safetensors: made from another leaf" &&
    pathway-status --load model |
    grep -q "^3,damaged,.*model/leaf-0003.safetensors: its numbers are damaged"'
check "a report" sh -c 'pathway-status --load model -o states.csv --report r.json; [ $? -eq 1 ] &&
    grep -q "\"stale\":[[:space:]]*1" r.json'
pathway-fit -q --all model --epochs 3
check_output 0 code pathway-status --load model

# What leaves were made with counts when it is asked for.
check_output 0 code pathway-status --load model --epochs 3
check_output 1 code pathway-status --load model --epochs 4
check_output 1 code pathway-status --load model --epochs 3 --seed 1
check_output 1 code pathway-status --load model --seed 1
check_output 0 code pathway-status --load model --epochs 3 --seed 0
check_output 0 sh -c 'pathway-plan --load model --jobs lines | wc -l'
check_output 4 sh -c 'pathway-plan --load model --jobs lines --seed 1 | wc -l'
pathway-seed -q --load model --hidden 5 --epochs 4 rows.csv
check_output 'leaf,state 0,stale 1,stale 2,stale 3,stale ' states
pathway-fit -q --all model --epochs 3

# Leaves of another tree, with other files of the same names.
pathway-route --leaves 4 --seed 5 --target y --out other rows.csv
cp model/leaf-* other
check "of another router" sh -c 'pathway-status --load other |
    grep -c "made from another router" | grep -qx 4'
head -n 300 rows.csv > some.csv
pathway-route --load model --out refreshed some.csv
cp model/leaf-* model/seed.safetensors refreshed
pathway-status --load refreshed > states.csv
awk -F, 'NR == FNR { hash[$1] = $4; next } FNR > 1 && $4 == hash[$1]' \
    model/cells.csv refreshed/cells.csv |
    wc -l > unchanged
check_output "$(($(cat unchanged)))" grep -c ,done, states.csv
check "cells that changed made them stale" sh -c 'grep -q "made from another cell" states.csv'

check_fails 64 'expected --load DIR' pathway-status
check_fails 66 'nowhere' pathway-status --load nowhere
echo damaged > model/router.safetensors
check_fails 65 'model/router.safetensors' pathway-status --load model

run_examples pathway-status
finish
