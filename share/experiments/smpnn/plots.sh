# plots.sh: depth.png, the accuracy on Cora by the number of blocks, and energy.png and spread.png,
# Dirichlet energy and spread of the nodes after every block of 32, from the tables in depth/.
set -eu
cat depth/*/*.csv | sort -t, -k2,2n -k1,1 | awk -F, '
    { value[$2, $1] = $5 * 100; if (!seen[$2]++) order[++n] = $2 }
    END {
        print "blocks,residual,alpha = 1,no residual"
        for (i = 1; i <= n; i++)
            print order[i] "," value[order[i], "residual"] "," value[order[i], "fixed"] "," \
                value[order[i], "no-residual"]
    }' > depth.csv
tensor-plot --kind lines --x blocks --log-x --title 'Cora: test accuracy' --ylabel '%' \
    -o depth.png depth.csv
# draw COLUMN NAME TITLE: a column of the stages of 32 blocks, one line for each variant.
draw() {
    for variant in residual fixed no-residual; do
        sed '1d; $d' "depth/$variant/32.stages" | cut -d, -f"$1" > "$2-$variant.part"
    done
    {
        echo 'block,residual,alpha = 1,no residual'
        paste -d, "$2-residual.part" "$2-fixed.part" "$2-no-residual.part" |
            awk '{ print NR - 1 "," $0 }'
    } > "$2.csv"
    rm -f "$2"-*.part
    tensor-plot --kind lines --x block --log-y --title "Cora, 32 blocks: $3" -o "$2.png" "$2.csv"
}
draw 2 energy 'Dirichlet energy'
draw 3 spread 'spread of the nodes'
