. "$srcdir/tests/pipeline/lib.sh"

# A function with jumps, which small networks have trouble with.
awk 'BEGIN { print "x,y"; for (i = 0; i < 2000; i++) { x = (i * 7919 % 2000) / 2000
    printf "%.5f,%.5f\n", x, x * 4 % 1 < 0.5 ? x * x : -exp(-x) } }' > rows.csv
pathway-route --leaves 6 --branching 3 --halo 0.1 --target y --out model rows.csv
pathway-seed -q --load model --hidden 8 --epochs 10 rows.csv

leaves="model/leaf-0000.safetensors model/leaf-0001.safetensors model/leaf-0002.safetensors
model/leaf-0003.safetensors model/leaf-0004.safetensors model/leaf-0005.safetensors"

check "one leaf" pathway-fit -q --cell model/cell-0003.csv --init model/seed.safetensors \
    --epochs 15 -o model/leaf-0003.safetensors
cp model/leaf-0003.safetensors three
check "all others" pathway-fit -q --all model --epochs 15 --threads 2 --report r.json
check_output 5 metric leaves_trained r.json
check_output 1 metric leaves_found r.json
check "the one was not touched" cmp three model/leaf-0003.safetensors
check "none is worse than the seed on rows held out" awk '/start_loss/ { s = $2 + 0 }
    /holdout_loss/ { h = $2 + 0 } END { exit !(h <= s) }' r.json
check "nothing is left to do" pathway-fit -q --all model --epochs 15 --report r.json
check_output 0 metric leaves_trained r.json

# The same bytes from every way of asking.
mkdir kept && cp $leaves kept
rm -f $leaves
check "one thread" pathway-fit -q --all model --epochs 15 --threads 1
check "the same bytes from one thread and two" sh -c 'for leaf in kept/*; do
    cmp $leaf model/${leaf##*/} || exit 1; done'
check "from within the folder" sh -c 'cd model && pathway-fit -q --cell cell-0002.csv --epochs 15 |
    cmp - ../kept/leaf-0002.safetensors'
pathway-route --load model --out plain rows.csv # without a halo
cp model/seed.safetensors plain
check "rows on standard input" sh -c 'pathway-fit -q --load plain --leaf 2 \
    --epochs 15 < plain/cell-0002.csv > one &&
    pathway-fit -q --cell plain/cell-0002.csv --epochs 15 > other && cmp one other'
check "a halo is learned from" sh -c '! cmp -s one kept/leaf-0002.safetensors'

# A job that is done already ends at once, whatever stands in its way otherwise.
cp model/cell-0001.csv cell && chmod u+w model/cell-0001.csv &&
    echo 'spoiled' >> model/cell-0001.csv
check "a leaf that is there" pathway-fit -q --cell model/cell-0001.csv --epochs 15 \
    -o model/leaf-0001.safetensors
check_fails 65 'model/cell-0001.csv' pathway-fit -q --cell model/cell-0001.csv \
    --epochs 15 -o elsewhere
cp cell model/cell-0001.csv && sed -i '$d' model/cell-0001.csv
check_fails 65 'cell-0001.csv: changed since it was made' pathway-fit -q \
    --cell model/cell-0001.csv -o elsewhere
cp cell model/cell-0001.csv

# Damaged, stale and missing leaves are trained again, others are not.
printf x | dd of=model/leaf-0004.safetensors bs=1 seek=2000 conv=notrunc 2> /dev/null
rm model/leaf-0005.safetensors
cp model/leaf-0000.safetensors model/leaf-0002.safetensors
check "again" pathway-fit -q --all model --epochs 15 --report r.json
check_output 3 metric leaves_trained r.json
check "the same bytes again" sh -c 'for leaf in kept/*; do
    cmp $leaf model/${leaf##*/} || exit 1; done'
check "other options make others" pathway-fit -q --all model --epochs 16 --report r.json
check_output 6 metric leaves_trained r.json
check "another seed does" pathway-fit -q --all model --epochs 16 --seed 2 --report r.json
check_output 6 metric leaves_trained r.json

# --all makes the seed where there is none; --cold needs none.
pathway-route --leaves 3 --target y --out fresh rows.csv
check "a seed and its leaves" pathway-fit -q --all fresh --hidden 8 --epochs 5
check "they are there" test -s fresh/seed.safetensors -a -s fresh/leaf-0002.safetensors
pathway-route --leaves 3 --target y --out cold rows.csv
check "cold" pathway-fit -q --all cold --cold --hidden 8,8 --activation prelu --epochs 5
check "no seed" test ! -e cold/seed.safetensors
check_fails 66 'no seed.safetensors; expected one' pathway-fit --cell cold/cell-0001.csv
check_fails 64 'cannot start from a seed of 8 relu' pathway-fit --all fresh --hidden 9

# Cells without rows keep their seed; without one there is nothing to be made of them.
head -n 2 rows.csv > one.csv
pathway-route --load model --out sparse one.csv
cp model/seed.safetensors sparse
check "cells without rows" pathway-fit -q --all sparse --epochs 3 --report r.json
check_output 6 metric leaves_kept r.json
pathway-route --load model --out empty one.csv
check_fails 65 'leaf [0-5] has no rows and no seed' pathway-fit -q --all empty --cold --epochs 2
check "the one with a row is there all the same" sh -c 'ls empty/leaf-*.safetensors |
    wc -l | grep -qx 1'

# A perceptron by itself, and one that goes on from it.
check "by itself" pathway-fit -q --target y --hidden 8 --epochs 5 -o alone rows.csv
check "goes on" sh -c 'pathway-fit -q --init alone --epochs 5 < rows.csv > more &&
    pathway-predict -q --load more rows.csv > p.csv'

check_fails 64 'expected one of --all' pathway-fit rows.csv
check_fails 64 'go together' pathway-fit --load model rows.csv
check_fails 64 'no leaf 9' pathway-fit --load model --leaf 9 rows.csv
check_fails 64 'is not the file of a cell' pathway-fit --cell rows.csv
check_fails 64 'is not the file of a cell' pathway-fit --cell model/cell--1.csv
check_fails 64 'is not the file of a cell' pathway-fit --cell model/cell-0001.csv.old
check_fails 64 'no leaf 6' pathway-fit --cell model/cell-0006.csv
check_fails 66 'nowhere' pathway-fit --all nowhere
check_fails 65 'seed of 1 inputs and 1 outputs|not a model|rows.csv' pathway-fit \
    --cell model/cell-0001.csv --init rows.csv
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 50; i++) print i "," i "," i }' > wide.csv
pathway-seed -q --target y --epochs 1 --hidden 3 -o wide wide.csv
check_fails 65 'a seed of 2 inputs' pathway-fit --cell model/cell-0001.csv --init wide
printf 'x,y\n1,2,3\n' > ragged.csv
check_fails 65 'ragged.csv:2: 3 fields; expected 2' pathway-fit -q --load model --leaf 1 ragged.csv

run_examples pathway-fit
finish
