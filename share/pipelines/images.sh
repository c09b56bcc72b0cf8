# New images without training: the closed-form score of a set of images, for three smoothings. Of
# Fashion-MNIST where Debian's dataset-fashion-mnist is installed, else of a small made set.
set -eu
images=/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz
if [ -e $images ]; then
    # Of 10,000 of the 60,000 images, for a demonstration that does not take long.
    tensor-convert --rows 0:10000 -f npy $images -o images.npy
else
    awk 'BEGIN {
        srand(1)
        for (i = 0; i < 2000; i++) {
            x = 6 + 8 * rand(); y = 6 + 8 * rand(); r = 3 + 3 * rand(); thick = 1 + 1.5 * rand()
            for (j = 0; j < 400; j++) {
                d = sqrt((j % 20 - x) ^ 2 + (int(j / 20) - y) ^ 2) - r
                v = 255 * exp(-d * d / thick)
                printf "%d%s", v, j < 399 ? "," : "\n"
            }
        }
    }' | tensor-convert --reshape -1x20x20 --dtype uint8 -f npy > images.npy
fi
for sigma in 0 1 2; do
    score-sample --data images.npy --sigma $sigma --perturbations 8 --steps 50 \
        --count 100 --seed 1 -q |
        tensor-plot --kind images --grid 10x10 -o images-sigma-$sigma.png
done
rm -f images.npy
