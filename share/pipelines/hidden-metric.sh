# Points are seen through a linear map that nobody tells of. A network of multivectors learns a
# function of their true lengths and angles, and with it the metric that makes them: its error, up
# to scale, and its eigenvalues while it learns.
set -eu
make_points() {
    clifford-make o5-regression --hidden-map 1 --true-metric true-metric.npy "$@"
}
make_points --count 4096 --seed 1 |
    clifford-fit -q --threads 1 --metric learn-full --channels 4 --layers 1 --head-width 64 \
        --steps 800 --evaluate-every 20 --rate 0.003 --log learning.json -o metric.model
clifford-check --load metric.model --true-metric true-metric.npy |
    grep -E '^(equivariance|metric)_error,'
make_points --count 1024 --seed 2 | clifford-predict --load metric.model --report - \
    -o predictions.npy |
    grep '"test_mse":'
tensor-convert -f csv learning.json | tensor-plot --kind lines -x step \
    -y eigenvalue_1,eigenvalue_2,eigenvalue_3,eigenvalue_4,eigenvalue_5 \
    --title "A metric found from its task" --ylabel eigenvalue -o eigenvalues.png
rm metric.model learning.json true-metric.npy predictions.npy
