# score-encode: codes of vectors and images, and back; runs that are taken up again; wrong input.
. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS

# at_most LIMIT NUMBER
at_most() {
    awk "BEGIN { exit !($2 <= $1) }"
}

# --- images that two numbers tell: a bright rectangle from the left top corner ---
awk 'BEGIN { srand(4); for (i = 0; i < 200; i++) { a = 8 * rand(); b = 8 * rand()
    for (k = 0; k < 64; k++)
        printf "%s%d", k ? "," : "", 255 / (1 + exp(2 * (k % 8 - a) + 2 * (int(k / 8) - b)))
    print "" } }' | tensor-convert -f npy --dtype uint8 --reshape -1x8x8 -o images.npy
train="score-encode -q --latent 2 --width 8 --steps 150 --evaluate-every 50 --batch 16 --rate 0.003"
check "images" $train --report report.json images.npy > images.model
check "learned" at_most 0.2 "$(metric holdout_mse)"
check "codes" score-encode --load images.model images.npy > codes.npy
check_output ',float32,200x2' sh -c 'tensor-info codes.npy | tail -n 1 | cut -d, -f1-3'
check "of mean 0 and deviation 1" sh -c 'tensor-info codes.npy | awk -F, "NR == 2 {
    exit !(\$5 ^ 2 < 0.01 && (\$7 - 1) ^ 2 < 0.01) }"'
check "back" sh -c 'score-encode --load images.model --decode < codes.npy > back.npy'
check_output ',float32,200x8x8' sh -c 'tensor-info back.npy | tail -n 1 | cut -d, -f1-3'
check "records come back" sh -c 'tensor-convert --reshape -1x1 -f csv back.npy > back.csv
    tensor-convert --reshape -1x1 -f csv images.npy | paste -d, - back.csv |
    awk -F, "{ d = \$1 / 127.5 - 1 - \$2; s += d * d } END { exit !(s / NR < 0.15) }"'
check "the same bytes again" sh -c "$train < images.npy | cmp - images.model"
for options in '--kl 0.01' '--network mlp --blocks 1' '--levels 1' '--latent 3' \
    '--shape 64 --blocks 1'; do
    check "$options" $train $options images.npy > other.model
    check "$options matters" sh -c 'cmp -s other.model images.model; [ $? -eq 1 ]'
    check "$options: codes" sh -c 'score-encode --load other.model images.npy > other.npy &&
        score-encode --load other.model --decode other.npy > back.npy'
done

# --- a whole latent pipeline: a denoiser of codes ---
check "a denoiser of codes" sh -c 'score-encode --load images.model images.npy |
    score-train -q --width 16 --blocks 1 --steps 20 > denoiser.model'

# --- taken up again ---
check "checkpoint" $train --checkpoint c images.npy > whole.model
check "a checkpoint changes nothing" cmp whole.model images.model
check "resumed" $train --checkpoint c --resume images.npy > resumed.model
check "resumed, the same bytes" cmp resumed.model images.model
check_fails 65 'c: a checkpoint of another run' $train --latent 3 --checkpoint c --resume images.npy

# --- one row; wrong input and usage ---
check "one row" sh -c 'echo 1,2,3 | score-encode -q --latent 1 --steps 2 --width 4 > one.model'
check "one code" sh -c 'echo 1,2,3 | score-encode --load one.model > one.npy'
check_fails 65 'codes.npy: .*64' score-encode --load images.model codes.npy
check_fails 65 'images.npy: .*2' score-encode --load images.model --decode images.npy
check_fails 65 'not a model|kind' score-encode --load denoiser.model codes.npy
check_fails 65 'codes.npy' score-encode --load codes.npy images.npy
check_fails 66 'nowhere' score-encode --load nowhere images.npy
check_fails 66 'nowhere.npy' score-encode nowhere.npy
check_fails 65 'finite|NaN|nan' sh -c 'printf "1,2\nnan,3\n" | score-encode -q'
check_fails 64 'decode needs --load' score-encode --decode codes.npy
check_fails 64 'do not go with --load' score-encode --load images.model --steps 5 images.npy
check_fails 64 'do not go with --load' score-encode --load images.model --latent 5 images.npy
check_fails 64 'do not go with --load' score-encode --load images.model --log l images.npy
check_fails 64 'levels goes with' score-encode --network mlp --levels 2 images.npy

run_examples score-encode
finish
