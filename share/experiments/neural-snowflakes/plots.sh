# plots.sh: the learned f of every weight beside the true one, as f-WEIGHT.png, and distortion.png,
# the tree's average distortion by dimension, from the tables in tree/.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for weight in sqrt-log root-log rational-sqrt exp-log rational; do
    graph-make metric --points 100 --weight "$weight" --seed 1 --coordinates "$scratch/points.csv" \
        > "$scratch/edges.csv"
    graph-embed --quiet --target weights --geometry snowflake --features "$scratch/points.csv" \
        --rate 0.3 --seed 1 --threads 1 --profile "$scratch/f.csv" \
        --output "$scratch/learned.csv" "$scratch/edges.csv"
    # The embedding may scale lengths; the factor that fits the drawn points best is taken out.
    awk -F, -v weight="$weight" '
        function true_value(t) {
            if (t == 0) return 0
            if (weight == "sqrt-log") return sqrt(t * log(1 + t))
            if (weight == "root-log") return t ^ 0.1 * log(1 + t) ^ 0.9
            if (weight == "rational-sqrt") return 1 - 1 / (1 + sqrt(t))
            if (weight == "exp-log") return 1 - exp(-(t == 1 ? 1 : (t - 1) / log(t)))
            return t / (1 + t)
        }
        FILENAME ~ /points/ { if (FNR > 1) { n++; x[n] = $2; y[n] = $3 } next }
        FILENAME ~ /learned/ { if (FNR > 1) { m++; u[m] = $2; v[m] = $3 } next }
        FNR == 1 {
            for (i = 1; i <= n; i++)
                for (j = 1; j < i; j++) {
                    base = (x[i] - x[j]) ^ 2 + (y[i] - y[j]) ^ 2
                    made = (u[i] - u[j]) ^ 2 + (v[i] - v[j]) ^ 2
                    product += sqrt(base * made)
                    square += made
                }
            factor = product / square
            print "distance,learned,true"
            next
        }
        { t = $1 * factor; print t "," $2 "," true_value(t) }
    ' "$scratch/points.csv" "$scratch/learned.csv" "$scratch/f.csv" > "f-$weight.csv"
    tensor-plot --kind lines --x distance --title "learned and true f: $weight" -o "f-$weight.png" \
        "f-$weight.csv"
done

awk -F, 'FNR > 1 { dim = FILENAME; gsub(/.*\/|\..*/, "", dim)
    print dim "," $1 "," $7 }' tree/*.csv |
    sort -t, -k1,1n | awk -F, '
        { value[$1, $2] = $3; dims[$1] = $1; if (!seen[$1]++) order[++n] = $1 }
        END {
            print "D,euclidean,hyperbolic,spherical"
            for (i = 1; i <= n; i++)
                print order[i] "," value[order[i], "euclidean"] "," \
                    value[order[i], "hyperbolic"] "," value[order[i], "spherical"]
        }' > distortion.csv
tensor-plot --kind lines --x D --title "tree of 1,023 nodes: average distortion" -o distortion.png \
    distortion.csv
