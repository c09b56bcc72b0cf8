# Means over seeds of what functions.sh prints, one table a function; the number of leaves that
# validation chooses, seed by seed, is a row of its own.
BEGIN { FS = "," }
{
    key = $3 == "pathway" ? "pathway, " $4 " leaves" : $3 == "small" ? "one perceptron, 32,32" : "one perceptron, 256,256"
    add($1, key, $7, $8, $9, $10)
    if ($3 == "pathway" && (!(($1, $2) in best) || $6 < best[$1, $2])) {
        best[$1, $2] = $6
        chosen[$1, $2] = $7 SUBSEP $8 SUBSEP $9 SUBSEP $10 SUBSEP $4
    }
    if (!($1 in functions)) { order[++names] = $1; functions[$1] }
    seeds[$2]
}
function add(name, key, test, loaded, stored, seconds) {
    if (!((name, key) in count)) rows[name] = rows[name] key "\n"
    count[name, key]++
    sum[name, key] += test
    square[name, key] += test * test
    load[name, key] = loaded
    store[name, key] = stored
    time[name, key] += seconds
}
END {
    for (n = 1; n <= names; n++) {
        name = order[n]
        for (seed in seeds)
            if ((name, seed) in chosen) {
                split(chosen[name, seed], c, SUBSEP)
                add(name, "pathway, leaves chosen by validation", c[1], c[2], c[3], c[4])
                picks[name] = picks[name] " " c[5]
            }
        printf "\n### %s\n\n| Model | Test error / variance | Parameters loaded | stored | Processor seconds |\n|---|--:|--:|--:|--:|\n", name
        count_rows = split(rows[name], list, "\n")
        for (i = 1; i < count_rows; i++) {
            k = list[i]; c1 = count[name, k]; mean = sum[name, k] / c1
            deviation = c1 > 1 ? sqrt((square[name, k] - c1 * mean * mean) / (c1 - 1) + 1e-30) : 0
            label = k ~ /chosen/ ? k " (" substr(picks[name], 2) ")" : k
            printf "| %s | %.2e ± %.0e | %d | %d | %.1f |\n", label, mean, deviation, load[name, k], store[name, k], time[name, k] / c1
        }
    }
}
