# Two-dimensional densities, and samples of their smoothed closed-form scores over the data.
set -eu
awk 'BEGIN {
    srand(1)
    print "x,y,what" > "spiral.csv"; print "x,y,what" > "moons.csv"; print "x,y,what" > "rings.csv"
    for (i = 0; i < 400; i++) {
        e = 0.05 * (rand() + rand() + rand() - 1.5); f = 0.05 * (rand() + rand() + rand() - 1.5)
        a = 10 * sqrt(rand())
        printf "%.4f,%.4f,data\n", a * cos(a) / 6 + e, a * sin(a) / 6 + f > "spiral.csv"
        a = 3.14159 * rand(); s = i % 2 ? 1 : -1
        printf "%.4f,%.4f,data\n", s * (cos(a) - 0.5) + e, s * (sin(a) - 0.25) + f > "moons.csv"
        a = 6.28319 * rand(); r = 0.4 + 0.5 * (i % 3)
        printf "%.4f,%.4f,data\n", r * cos(a) + e, r * sin(a) + f > "rings.csv"
    }
}'
echo density,sigma,metric,value
for density in spiral moons rings; do
    tensor-convert --columns x,y $density.csv > points.csv
    score-sample --data points.csv --sigma 0.08 --count 1000 --seed 1 -q > samples.csv
    score-eval --reference points.csv --train points.csv samples.csv |
        sed -n "s/^\(precision\|coverage\|memorised_share\),/$density,0.08,&/p"
    awk -F, -v OFS=, 'FNR == 1 { next } { print $1, $2, "sample" }' samples.csv > drawn.csv
    { echo x,y,what; cat drawn.csv; tail -n +2 $density.csv; } |
        tensor-plot --kind scatter --color what --point-size 3 --alpha 0.7 \
            --width 600 --height 600 --title "$density: data, and samples of the smoothed score" \
            -o "density-$density.png"
done
rm -f points.csv samples.csv drawn.csv spiral.csv moons.csv rings.csv
