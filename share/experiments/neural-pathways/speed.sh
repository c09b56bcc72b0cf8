# The time of training all leaves by one worker and by two, in alternation; medians of three runs.
# On an idle machine of two processors or more. Prints a table.
set -eu
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
awk 'BEGIN { srand(1); print "a,b,y"; for (i = 0; i < 40000; i++) { a = rand(); b = rand()
    printf "%.6f,%.6f,%.6f\n", a, b, sin(20 * a) * b } }' > rows.csv
pathway-route -q --leaves 32 --target y --seed 1 --out model rows.csv
pathway-seed -q --load model --hidden 64,64 --epochs 3 rows.csv
training="--epochs 60 --patience 60"
seconds() { # COMMAND...
    rm -f model/leaf-*
    before=$(date +%s.%N)
    "$@" > /dev/null
    after=$(date +%s.%N)
    echo "$before $after" | awk '{ print $2 - $1 }'
}
lines() { pathway-plan --load model --jobs lines $training | parallel -j "$1"; }
median() { sort -g "$1" | sed -n 2p; }
for _ in 1 2 3; do
    for workers in 1 2; do
        seconds pathway-fit -q --all model $training --threads $workers >> threads-$workers
        seconds lines $workers >> parallel-$workers
    done
done
echo
echo "### One worker and two"
echo
echo "32 leaves of 64,64 on 1,250 rows each, 60 epochs; load of the machine at the end: $(
    cut -d ' ' -f 1 /proc/loadavg)."
echo
echo "| Engine | 1 worker, s | 2 workers, s | Speed-up |"
echo "|---|--:|--:|--:|"
for engine in threads parallel; do
    echo "$engine $(median $engine-1) $(median $engine-2)" |
        awk '{ printf "| %s | %.2f | %.2f | %.2f |\n",
            $1 == "threads" ? "pathway-fit --all" : "GNU parallel", $2, $3, $2 / $3 }'
done
