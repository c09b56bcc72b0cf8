# trained.sh COUNT STEPS LONG: trained denoisers beside the closed form, on the same images. One
# U-Net is trained for the processor seconds that samples-1.npy took (measured by its first steps),
# and a narrow one for LONG steps. Samples of both are judged beside those of closed forms, and a
# table is printed. One thread; networks' samples take their server's time. Models and samples stay
# there, so that a run goes on where it was.
set -eu
count=$1 steps=$2 long=$3
OMP_NUM_THREADS=1
export OMP_NUM_THREADS

# figure NAME FILE: a number of a report.
figure() {
    sed -n 's/.*"'"$1"'":[[:space:]]*\([-0-9.e+]*\).*/\1/p' "$2" | head -n 1
}

# train NAME STEPS OPTION...: NAME.model and NAME.json.
train() {
    name=$1 length=$2
    shift 2
    [ -s "$name.model" ] ||
        score-train -q --threads 1 --steps "$length" --seed 1 "$@" --checkpoint "$name.state" \
            --report "$name.json" train.npy -o "$name.model"
}

# draw NAME STEPS: samples-NAME-STEPS.npy, their report and their quality.
draw() {
    samples=samples-$1-$2
    [ -s "$samples.npy" ] ||
        score-sample -q --threads 1 --shape 28x28 --count "$count" --steps "$2" --seed 1 \
            --denoiser "score-serve --threads 1 --load $1.model --report $samples.json" \
            -o "$samples.npy"
    [ -s "quality-$1-$2.csv" ] ||
        score-eval -q --threads 1 --reference test.npy --train train.npy "$samples.npy" \
            -o "quality-$1-$2.csv"
}

# row LABEL NAME TRAINING: of quality-NAME.csv and samples-NAME.json.
row() {
    printf '| %s | %.0f | %.1f |' "$1" "$3" "$(figure cpu_s "samples-$2.json")"
    for name in kernel_distance rbf_kernel_distance precision recall coverage \
        nearest_training_ratio memorised_share; do
        printf ' %s |' "$(sed -n "s/^$name,//p" "quality-$2.csv" | awk '{ printf "%.4g", $1 }')"
    done
    echo
}

budget=$(figure cpu_s samples-1.json)
[ -s first.json ] || score-train -q --threads 1 --steps 10 --report first.json train.npy \
    -o first.model
same=$(awk -v budget="$budget" -v ten="$(figure cpu_s first.json)" \
    'BEGIN { n = int(budget / (ten / 10)); print (n > 10 ? n : 10) }')
train brief "$same"
train long "$long" --width 16 --rate 0.002
draw brief "$steps"
for flow in 20 "$steps"; do
    draw long "$flow"
done
echo '| model | training s | sampling s | kernel distance | RBF | precision | recall | coverage |' \
    'nearest-training ratio | memorised |'
echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
for sigma in 0 0.5 1 1.5; do
    [ ! -s "quality-$sigma.csv" ] || row "closed form, sigma $sigma" $sigma 0
done
row "U-Net, $same steps of training" "brief-$steps" "$(figure cpu_s brief.json)"
for flow in 20 "$steps"; do
    row "U-Net of width 16, $long steps, flow of $flow" "long-$flow" "$(figure cpu_s long.json)"
done
