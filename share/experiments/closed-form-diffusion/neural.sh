# neural.sh TRAIN TEST [STEPS [COUNT]]: the trained denoiser beside closed-form scores, on the same
# images: trains a U-Net by so many steps (default 900), draws COUNT samples (default 256) of it and of
# closed-form scores at several sigma, and prints a row each: processor seconds of training and of
# sampling by one thread, and the figures of score-eval against TEST. Leaves neural.model and
# neural-*.npy behind; with them, and neural.json of the training, a run goes on where it was.
set -eu
train=$1 test=$2 steps=${3-900} count=${4-256}
OMP_NUM_THREADS=1
export OMP_NUM_THREADS

# figure NAME FILE: a number of a report.
figure() {
    sed -n 's/.*"'"$1"'":[[:space:]]*\([-0-9.e]*\).*/\1/p' "$2" | head -n 1
}

# row NAME TRAINING: of neural-NAME.npy and its report.
row() {
    score-eval -q --reference "$test" --train "$train" --report eval.json "neural-$1.npy" > /dev/null
    printf '%s,%.0f,%.1f' "$1" "$2" "$(figure cpu_s "neural-$1.json")"
    for name in kernel_distance precision recall coverage nearest_training_ratio memorised_share; do
        printf ',%s' "$(figure $name eval.json)"
    done
    echo
}

if [ ! -s neural.model ]; then
    score-train -q --threads 1 --steps "$steps" --rate 0.002 --seed 1 --checkpoint neural.state \
        --log neural.log --report neural.json "$train" -o neural.model
fi
echo 'method,training_s,sampling_s,kernel_distance,precision,recall,coverage,nearest_training_ratio,memorised_share'
for flow in 20 50 100; do
    [ -s "neural-unet-$flow.npy" ] ||
        score-sample -q --threads 1 --denoiser 'score-serve --load neural.model --report served.json' \
            --shape 28x28 --steps $flow --count "$count" --seed 1 --report asked.json \
            -o "neural-unet-$flow.npy"
    # The work is done by the server.
    [ -s "neural-unet-$flow.json" ] || mv served.json "neural-unet-$flow.json"
    row "unet-$flow" "$(figure cpu_s neural.json)"
done
for sigma in 0 0.1 0.2 0.3; do
    [ -s "neural-sigma-$sigma.npy" ] ||
        score-sample -q --threads 1 --data "$train" --sigma $sigma --count "$count" --seed 1 \
            --report "neural-sigma-$sigma.json" -o "neural-sigma-$sigma.npy"
    row "sigma-$sigma" 0
done
