# Cells SET,METHOD,MEAN,STD as a table: a row for each method, a column for each set.
BEGIN { FS = "," }
{
    if (!($1 in set)) { set[$1] = ++sets; name[sets] = $1 }
    if (!($2 in method)) { method[$2] = ++methods; row[methods] = $2 }
    cell[$1, $2] = $3 " ± " $4
}
END {
    line = "| |"; rule = "|---|"
    for (s = 1; s <= sets; s++) { line = line " " name[s] " |"; rule = rule "--:|" }
    print line; print rule
    for (m = 1; m <= methods; m++) {
        line = "| " row[m] " |"
        for (s = 1; s <= sets; s++) line = line " " cell[name[s], row[m]] " |"
        print line
    }
}
