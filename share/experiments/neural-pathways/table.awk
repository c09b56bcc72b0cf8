# Means and deviations over splits of what table.sh prints.
BEGIN { FS = "," }
{
    if (!($1 in rows)) sets[++count] = $1
    rows[$1] = $2
    if (!($4 in known)) { known[$4]; methods[++kinds] = $4 }
    n[$1, $4]++
    sum[$1, $4] += $6
    square[$1, $4] += $6 * $6
    if ($4 == "pathway") { leaves[$1] = leaves[$1] " " $5; loaded[$1] = $7; stored[$1] = $8 }
}
END {
    printf "\n### Tables: test RMSE, means and deviations over splits (one for each number of leaves chosen)\n\n"
    printf "| Set | Rows | Leaves chosen |"
    for (m = 1; m <= kinds; m++) printf " %s |", methods[m]
    printf "\n|---|--:|--:|"
    for (m = 1; m <= kinds; m++) printf "--:|"
    print ""
    for (s = 1; s <= count; s++) {
        printf "| %s | %d |%s |", sets[s], rows[sets[s]], leaves[sets[s]]
        for (m = 1; m <= kinds; m++) {
            k = n[sets[s], methods[m]]
            if (!k) { printf " |"; continue }
            mean = sum[sets[s], methods[m]] / k
            v = square[sets[s], methods[m]] - k * mean * mean
            deviation = (k > 1 && v > 0) ? sqrt(v / (k - 1)) : 0
            printf " %.4g ± %.2g |", mean, deviation
        }
        print ""
    }
}
