# One row for each geometry, from tables of graph-embed --compare.
BEGIN {
    FS = ","
    anchors["euclidean"] = "0.080"
    anchors["hyperbolic"] = "0.075"
    anchors["snowflake"] = "0.082"
    print "| geometry | average distortion | plain PyTorch | worst distortion | rank correlation | seconds |"
    print "|---|--:|--:|--:|--:|--:|"
}
FNR > 1 { printf "| %s | %.4f | %s | %.3g | %.4f | %.0f |\n", $1, $7, anchors[$1], $8, $10, $11 }
