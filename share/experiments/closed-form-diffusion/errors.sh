# errors.sh: the relative error of estimated means, |m' - m| / |m - mean of the data|, root mean
# square over samples, for times TIMES, K of NEIGHBORS, L of RANDOM_ROWS; of train.npy. A table.
set -eu
count=${COUNT:-32}
draw() {
    score-sample -q --data train.npy --sigma 0.5 --perturbations 4 --steps 1 --start "$1" \
        --count $count --seed 1 -f csv "$2" "$3" "$4" "$5" -o "$6"
}
printf '| t |'
for k in $NEIGHBORS; do for l in $RANDOM_ROWS; do printf ' K %s, L %s |' "$k" "$l"; done; done
printf '\n|--:|'
for k in $NEIGHBORS; do for l in $RANDOM_ROWS; do printf -- '--:|'; done; done
printf '\n'
for t in $TIMES; do
    draw "$t" --batch 32 --method euler exact.csv
    printf '| %s |' "$t"
    for k in $NEIGHBORS; do
        for l in $RANDOM_ROWS; do
            draw "$t" --neighbors "$k" --random "$l" estimate.csv
            paste -d, exact.csv estimate.csv | awk -F, '
                { n = NF / 2; for (j = 1; j <= n; j++) {
                    e += ($j - $(n + j)) ^ 2; s[j] += $j; q[j] += $j * $j } }
                END { for (j = 1; j <= n; j++) v += q[j] - s[j] * s[j] / NR
                    printf " %.2g |", sqrt(e / v) }'
        done
    done
    printf '\n'
done
rm -f exact.csv estimate.csv
