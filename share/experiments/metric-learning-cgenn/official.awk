# Rows network,seed,steps,test_mse,seconds as a table.
BEGIN {
    FS = ","
    print "| network | seed | steps | test MSE | processor s |"
    print "|---|--:|--:|--:|--:|"
}
{ printf "| %s | %s | %s | %.3g | %.0f |\n", $1, $2, $3, $4, $5 }
