# Rows task,metric,seed,steps,test_mse,metric_error as a table.
BEGIN {
    FS = ","
    print "| task | metric | seed | steps | test MSE | error of the metric |"
    print "|---|---|--:|--:|--:|--:|"
}
{ printf "| %s | %s | %s | %s | %.3g | %.4f |\n", $1, $2, $3, $4, $5, $6 }
