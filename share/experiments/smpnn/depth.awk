# The table of depth, from the lines of depth.sh: a row for each number of blocks.
BEGIN { FS = "," }
{
    if (!($2 in seen)) { seen[$2] = 1; depth[++n] = $2 }
    if (!($1 in variants)) { variants[$1] = 1; variant[++m] = $1 }
    accuracy[$2, $1] = sprintf("%.1f ± %.1f", 100 * $5, 100 * $6)
    energy[$2, $1] = sprintf("%.2g", $7)
    spread[$2, $1] = sprintf("%.2g", $8)
}
END {
    line = "| blocks |"; rule = "|--:|"
    for (j = 1; j <= m; j++) { line = line " " variant[j] " | energy | spread |"; rule = rule "--:|--:|--:|" }
    print line; print rule
    for (i = 1; i <= n; i++) {
        line = "| " depth[i] " |"
        for (j = 1; j <= m; j++)
            line = line " " accuracy[depth[i], variant[j]] " | " energy[depth[i], variant[j]] " | " \
                spread[depth[i], variant[j]] " |"
        print line
    }
}
