# trained.sh COUNT STEPS: a denoiser is trained for the processor seconds that samples-1.npy took
# (measured by its first steps), sampled, and judged beside it. A table.
set -eu
seconds() {
    sed -n "s/.*\"$2\":[[:space:]]*\([0-9.]*\).*/\1/p" "$1" | head -n 1
}
number() {
    sed -n "s/^$2,//p" "$1" | awk '{ printf "%.4g", $1 }'
}
budget=$(seconds samples-1.json cpu_s)
score-train -q --steps 10 --report first.json train.npy > first.safetensors
per_step=$(seconds first.json cpu_s | awk '{ print $1 / 10 }')
steps=$(awk "BEGIN { n = int($budget / $per_step); print (n > 10 ? n : 10) }")
score-train -q --steps "$steps" --report trained.json train.npy > denoiser.safetensors
score-sample -q --denoiser 'score-serve --load denoiser.safetensors' --shape 28x28 --count "$1" \
    --steps "$2" --seed 1 -o trained.npy
score-eval -q --reference test.npy --train train.npy trained.npy -o trained-quality.csv
echo '| model | processor seconds before sampling | kernel distance | RBF | coverage | nearest-training ratio |'
echo '|---|--:|--:|--:|--:|--:|'
for model in 'closed form, sigma 1:quality-1.csv:0' \
    "U-Net, $steps steps of training:trained-quality.csv:$(seconds trained.json cpu_s)"; do
    name=${model%%:*} rest=${model#*:}
    file=${rest%%:*}
    echo "| $name | ${rest#*:} | $(number "$file" kernel_distance) | $(number "$file" rbf_kernel_distance)" \
        "| $(number "$file" coverage) | $(number "$file" nearest_training_ratio) |"
done
