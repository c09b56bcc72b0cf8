# Three arms of a spiral, one point in eight of a known class, and no graph: one is inferred and
# tells the classes of the others (inferred-graph.png). Then points of a sphere, given as
# directions and lengths of the ways from its pole: which of three planes, flat, hyperbolic or
# round, the task attends to (inferred-spaces.png); draws reach far there, where curvature shows.
set -eu
awk 'BEGIN {
    srand(3); pi = atan2(0, -1)
    print "node,x,y" > "spiral.csv"; print "node,label,split" > "spiral-labels.csv"
    for (i = 0; i < 360; i++) {
        arm = i % 3; t = 0.25 + 0.75 * int(i / 3) / 120; angle = 2 * pi * arm / 3 + 4.2 * t
        x = t * cos(angle) + 0.05 * (rand() - 0.5); y = t * sin(angle) + 0.05 * (rand() - 0.5)
        part = int(i / 3) % 8 == 0 ? "train" : int(i / 3) % 8 == 4 ? "validation" : "test"
        print i "," x "," y > "spiral.csv"
        print i "," substr("abc", arm + 1, 1) "," part > "spiral-labels.csv"
    }
    print "node,x,y" > "sphere.csv"; print "node,label" > "sphere-labels.csv"
    for (i = 0; i < 800; i++) { # even: the height is uniform; the class is the octant, turned
        h = 2 * rand() - 1; r = sqrt(1 - h * h); turn = 2 * pi * rand(); way = atan2(r, h)
        print i "," way * cos(turn) "," way * sin(turn) > "sphere.csv"
        a = 0.8 * h + 0.6 * r * cos(turn); b = 0.6 * h - 0.8 * r * cos(turn); c = r * sin(turn)
        a1 = 0.8 * a + 0.6 * c; c1 = 0.6 * a - 0.8 * c
        print i "," (a1 > 0) (b > 0) (c1 > 0) > "sphere-labels.csv"
    }
}'

infer() {
    graph-infer --quiet --threads 1 --seed 1 --self no "$@"
}

infer --labels spiral-labels.csv --spaces e2,h2,f2 --k 6 --layers 3 --epochs 150 \
    --edges-out spiral-edges.csv --report spiral-report.json spiral.csv > spiral-predictions.csv
awk -F, 'NR == 1 || $5 == "e2" { print $1 "," $2 }' spiral-edges.csv > spiral-graph.csv
cut -d, -f1,2 spiral-predictions.csv > spiral-classes.csv
tensor-plot --kind graph -x x -y y --edges spiral-graph.csv --labels spiral-classes.csv \
    --color predicted --point-size 5 --title 'An inferred graph' spiral.csv -o inferred-graph.png

infer --labels sphere-labels.csv --split 0.2,0.2,0.6 --feature-scaling none --spaces e2,h2,s2 \
    --k 16 --overlap 0.5 --epochs 160 --evaluate-every 8 --draws 1 \
    --history sphere-history.csv --report sphere-report.json sphere.csv > sphere-predictions.csv
tensor-plot --kind lines -x step -y attention_2_e2,attention_2_h2,attention_2_s2 \
    --title 'Attention, on points of a sphere' --ylabel attention sphere-history.csv \
    -o inferred-spaces.png
grep -o '"test_accuracy":[^,]*' spiral-report.json sphere-report.json
