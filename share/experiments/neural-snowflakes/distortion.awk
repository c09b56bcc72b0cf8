# A table of average distortion from tables of graph-embed --compare, FILE/D.csv: a row for each
# geometry, a column for each D.
BEGIN { FS = "," }
FNR == 1 {
    dim = FILENAME
    sub(/.*\//, "", dim)
    sub(/\..*/, "", dim)
    dims[++columns] = dim
    next
}
{
    name = $1
    if (name ~ /^h[0-9]+xe/) name = "hyperbolic x Euclidean"
    if (name ~ /^h[0-9]+xs/) name = "hyperbolic x spherical"
    if (!(name in seen)) {
        seen[name] = 1
        rows[++count] = name
    }
    value[name, dim] = $7
}
END {
    line = "| D |"
    rule = "|---|"
    for (c = 1; c <= columns; c++) {
        line = line " " dims[c] " |"
        rule = rule "--:|"
    }
    print line
    print rule
    for (r = 1; r <= count; r++) {
        line = "| " rows[r] " |"
        for (c = 1; c <= columns; c++)
            line = line ((rows[r], dims[c]) in value ? sprintf(" %.4f |", value[rows[r], dims[c]]) : " |")
        print line
    }
}
